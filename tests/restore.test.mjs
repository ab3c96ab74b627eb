// A site as it was, out of its export alone: both Workers as they are built, with the bakery made through the origin.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "./lib/paths.mjs";
import { startOrigin } from "./lib/origin.mjs";

const program = path.join(ROOT, "target/debug", process.platform === "win32" ? "manysite.exe" : "manysite");
const pictures = path.join(ROOT, "target/seed/pictures");
const host = "bakery.localhost";
const place = await mkdtemp(path.join(tmpdir(), "manysite-"));
after(() => rm(place, { recursive: true }));

/** Both Workers over empty stores, and the command line of somebody who has just signed up there. */
async function start() {
  const world = await startOrigin();
  const { tenant, headers } = await world.signUp("mira@example.org");
  const scopes = ["tenant.read", "sites.create", "site.read", "site.manage", "assets.write", "pages.write", "types.write", "entities.write", "publish"];
  const token = await world.ask("POST", `/api/v1/tenants/${tenant}/tokens`, { body: { name: "Restore", scopes, days: 1 }, headers });
  const env = { ...process.env, MANYSITE_URL: `http://admin.localhost:${world.port}`, MANYSITE_TOKEN: token.json.token, MANYSITE_PICTURES: pictures };
  const run = async (...args) => JSON.parse((await promisify(execFile)(program, ["--json", ...args], { env, maxBuffer: 1 << 26 })).stdout);
  return { ...world, run };
}

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
  const first = await start();
  const made = await first.run("import", path.join(ROOT, "kv-seed/bakery"));
  assert.deepEqual([made.created, made.release.visible], [true, true]);
  const before = await everything(first);
  const folder = path.join(place, "bakery");
  await first.run("export", folder);

  const second = await start();
  assert.equal((await second.run("import", folder)).created, true);
  const restored = await everything(second);
  assert.deepEqual([...restored.keys()].sort(), [...before.keys()].sort());
  assert.ok(before.size > 100, `${before.size} addresses`);
  for (const [target, text] of before) assert.equal(restored.get(target), text, target);
});
