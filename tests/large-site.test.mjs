// A site of more pages than a host record holds: its routes stand in shards. Both Workers as they are built, from a folder
// to what visitors see.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { startCommandLine } from "./lib/command-line.mjs";

const PAGES = 450;
const host = "large.localhost";
const folder = await mkdtemp(path.join(tmpdir(), "manysite-"));
after(() => rm(folder, { recursive: true }));

function page(id, target, title) {
  const sections = [{ component: "hero", props: { title } }];
  return { id, locale: "en", path: target, title, description: `About ${title}.`, sections };
}

async function write() {
  await mkdir(path.join(folder, "pages"));
  const site = {
    id: "large", tenant: { id: "large", name: "Large", plan: "studio", status: "active" }, name: { en: "Large" }, status: "active",
    hosts: [host], locales: ["en"], theme: { base: "plain" }, not_found: { en: "lost" }, redirects: [{ from: "/old", to: "/p/7" }],
  };
  const pages = [page("home", "/", "Home"), { ...page("lost", "/lost", "Nothing here"), noindex: true }];
  for (let n = 0; n < PAGES; n++) pages.push(page(`p${n}`, `/p/${n}`, `Number ${n}`));
  await writeFile(path.join(folder, "site.json"), JSON.stringify(site));
  for (const page of pages) await writeFile(path.join(folder, "pages", `${page.id}.json`), JSON.stringify(page));
}

test("a site of hundreds of pages is published in shards, and each page and the sitemap are found", async () => {
  await write();
  const { ask, does, miniflare } = await startCommandLine();
  const visit = (target) => ask("GET", target, { host });
  assert.equal((await does("import", folder)).release.visible, true);
  const kv = await miniflare.getKVNamespace("KV", "manysite");
  const { content } = JSON.parse(await kv.get(`host/${host}`));
  assert.deepEqual(content.routes.exact, {});
  assert.ok(content.routes.shards.count > 1);

  for (let n = 0; n < PAGES; n += 7) {
    const { status, text } = await visit(`/p/${n}`);
    assert.equal(status, 200, `/p/${n}`);
    assert.ok(text.includes(`<title>Number ${n}`), `/p/${n}`);
  }
  const missing = await visit("/p/450");
  assert.deepEqual([missing.status, missing.text.includes("Nothing here")], [404, true]);
  assert.equal((await visit("/old")).headers.location, "/p/7");
  const locations = ({ text }) => [...text.matchAll(/<loc>http:\/\/large\.localhost:\d+(\/[^<]*)/g)].map(([, found]) => found);
  const parts = await Promise.all(locations(await visit("/sitemap.xml")).map(visit));
  const found = parts.flatMap(locations);
  assert.deepEqual(found.sort(), ["/", ...Array.from({ length: PAGES }, (_, n) => `/p/${n}`)].sort());

  const shown = await does("pages", "show", "p8");
  await writeFile(path.join(folder, "pages/p8.json"), JSON.stringify({ ...shown.document, title: "The eighth" }));
  assert.equal((await does("import", folder)).changed, 1);
  for (let tries = 0; !(await visit("/p/8")).text.includes("<title>The eighth"); tries++) {
    assert.ok(tries < 100);
    await setTimeout(200);
  }
});
