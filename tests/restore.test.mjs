// A site as it was, out of its export alone: both Workers as they are built, with the bakery made through the origin.
import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { startCommandLine } from "./lib/command-line.mjs";
import { ROOT } from "./lib/paths.mjs";

const host = "bakery.localhost";
const place = await mkdtemp(path.join(tmpdir(), "manysite-"));
after(() => rm(place, { recursive: true }));

/** Every page, feed and file that can be reached from the first page, by path; the port differs between worlds. */
async function everything(world) {
  const found = new Map();
  const waiting = ["/", "/robots.txt", "/sitemap.xml", "/nothing-here"];
  for (const target of waiting) {
    const { status, text, headers } = await world.ask("GET", target, { host });
    const whole = text.replaceAll(`:${world.port}`, "");
    // Sitemaps say in which order and when records were stored, which the restore changes.
    const shown = target.startsWith("/sitemap") ? whole.match(/<loc>[^<]*/g).sort().join("\n") : whole;
    found.set(target, `${status} ${headers["content-type"]} ${headers.location ?? ""}\n${shown}`);
    if (!/html|xml/.test(headers["content-type"] ?? "")) continue;
    for (const [, link] of shown.matchAll(/(?:href|src)="(?:http:\/\/bakery\.localhost)?(\/[^"#]*)/g)) {
      const next = new URL(link.replaceAll("&amp;", "&"), `http://${host}`);
      if (!waiting.includes(next.pathname + next.search)) waiting.push(next.pathname + next.search);
    }
    for (const [, link] of shown.matchAll(/<loc>http:\/\/bakery\.localhost(\/[^<\n]*)/g)) if (!waiting.includes(link)) waiting.push(link);
  }
  return found;
}

test("a site that is exported, wiped and imported is drawn byte for byte as before, and its sitemaps name the same addresses", async () => {
  const first = await startCommandLine();
  const made = await first.does("import", path.join(ROOT, "kv-seed/bakery"));
  assert.deepEqual([made.created, made.release.visible], [true, true]);
  const before = await everything(first);
  const folder = path.join(place, "bakery");
  await first.does("export", folder);

  const second = await startCommandLine();
  assert.equal((await second.does("import", folder)).created, true);
  const restored = await everything(second);
  assert.deepEqual([...restored.keys()].sort(), [...before.keys()].sort());
  assert.ok(before.size > 100, `${before.size} addresses`);
  for (const [target, text] of before) assert.equal(restored.get(target), text, target);
});

/** The files of a folder by their names; what belongs to the site alone is left out of `site.json`. */
async function files(folder) {
  const all = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    all[path.relative(folder, file)] = (await readFile(file)).toString("base64");
  }
  const { id, tenant, ...site } = JSON.parse(Buffer.from(all["site.json"], "base64"));
  return { ...all, "site.json": site };
}

test("an export of what was imported is the export that was imported, with redirects of moved pages and retired types", async () => {
  const first = await startCommandLine();
  await first.does("import", path.join(ROOT, "kv-seed/bakery"));
  const [folder, again] = [path.join(place, "moved"), path.join(place, "again")];
  await first.does("export", folder);
  const site = JSON.parse(await readFile(path.join(folder, "site.json")));
  site.redirects = [...(site.redirects ?? []), { from: "/was", status: 301, to: "/", automatic: true }];
  site.redirects.sort((a, b) => (a.from < b.from ? -1 : 1));
  site.retired = ["post"];
  await writeFile(path.join(folder, "site.json"), JSON.stringify(site));

  const second = await startCommandLine();
  await second.does("import", folder);
  await second.does("export", again);
  assert.deepEqual(await files(again), await files(folder));
  const { status, headers } = await second.ask("GET", "/was", { host });
  assert.deepEqual([status, headers.location], [301, "/"]);
  assert.equal((await second.does("import", again)).changed, 0);
});
