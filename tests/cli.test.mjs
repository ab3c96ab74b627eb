// The command line as it is built, against both Workers as they are built: from sign-up to a site that comes back from
// its folder.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { PROGRAM } from "./lib/command-line.mjs";
import { inSeconds } from "./lib/moment.mjs";
import { ROOT } from "./lib/paths.mjs";
import { PASSWORD, startOrigin } from "./lib/origin.mjs";

const { ask, miniflare, port, signUp } = await startOrigin();
const place = await mkdtemp(path.join(tmpdir(), "manysite-"));
after(() => rm(place, { recursive: true }));
const url = `http://admin.localhost:${port}`;

/** Runs the command with --json; `input` is its standard input. */
function run(args, { input = "", env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const variables = { HOME: place, XDG_CONFIG_HOME: place, APPDATA: place, MANYSITE_URL: url, ...env };
    const child = execFile(PROGRAM, ["--json", ...args], { env: variables, maxBuffer: 1 << 26 }, (error, out, err) => {
      if (error && typeof error.code !== "number") return reject(error);
      resolve({ exit: error?.code ?? 0, json: out && JSON.parse(out), err });
    });
    child.stdin.on("error", () => {}).end(input);
  });
}

async function does(...args) {
  const ran = await run(args);
  assert.equal(ran.exit, 0, `${args.join(" ")}: ${ran.err}${JSON.stringify(ran.json)}`);
  return ran.json;
}

/** Asks as a visitor until the page has or has not the words: an isolate looks for a new release every 5 s. */
async function sees(host, target, words, there = true) {
  for (let tries = 0; ; tries++) {
    const { text } = await ask("GET", target, { host });
    if (text.includes(words) === there) return;
    assert.ok(tries < 100, `${host}${target}: ${words}\n${text}`);
    await setTimeout(200);
  }
}

await signUp("mira@example.org");

test("login with a password keeps a token that the other commands use", async () => {
  assert.equal((await run(["sites"])).exit, 3);
  assert.equal((await run(["login", "--email", "mira@example.org"], { input: "wrong\n" })).exit, 3);
  const login = await run(["login", "--email", "mira@example.org"], { input: `${PASSWORD}\n` });
  assert.equal(login.exit, 0, login.err);
  if (process.platform !== "win32") assert.equal((await stat(login.json.file)).mode & 0o777, 0o600);
  assert.deepEqual((await does("sites")).sites, []);
});

test("a site is made from a starting point, changed, published, rolled back and written into KV again", async () => {
  const made = await does("create-site", "--type", "business", "--name", "Salt & Pepper");
  assert.equal(made.host, "salt-pepper.localhost");
  assert.equal((await does("sites")).sites[0].hosts[0], made.host);
  assert.deepEqual((await does("publish", "--check")).problems, []);
  assert.equal((await does("publish")).number, 1);
  await sees(made.host, "/", "Salt &amp; Pepper");

  const page = await does("generate", "page", "/delivery", "--from", "faq", "--title", "Delivery");
  assert.deepEqual([page.id, page.revision], ["delivery", 1]);
  assert.equal((await run(["generate", "page", "/delivery"])).exit, 5);
  const link = await does("preview", "delivery", "--hours", "1", "--note", "For Noor");
  const opened = () => ask("GET", new URL(link.url).pathname, { host: made.host });
  assert.match((await opened()).text, /How do I begin/);
  assert.equal((await ask("GET", "/delivery", { host: made.host })).status, 404);
  assert.deepEqual((await does("preview", "--list")).previews.map((known) => [known.url, known.show.note]), [[link.url, "For Noor"]]);
  await does("preview", "--end", link.id);
  assert.equal((await opened()).status, 410);
  const published = await does("publish", "--note", "Delivery");
  assert.deepEqual(published.changes, [{ subject: "page", id: "delivery", how: "added" }]);
  await sees(made.host, "/delivery", "How do I begin");

  const shown = await does("pages", "show", "delivery");
  const saved = await run(["pages", "save", "-"], { input: JSON.stringify({ ...shown, document: { ...shown.document, title: "How we deliver" } }) });
  assert.deepEqual([saved.exit, saved.json.revision], [0, 2], saved.err);
  // The same file once more is based on a revision that is not the newest any more.
  const late = await run(["pages", "save", "-"], { input: JSON.stringify({ ...shown, document: { ...shown.document, title: "Ways to you" } }) });
  assert.deepEqual([late.exit, late.json.error.conflict.revision], [5, 2]);
  assert.deepEqual((await does("pages", "diff", "delivery", "1")).differences, [{ path: "title", before: "Delivery", after: "How we deliver" }]);
  assert.equal((await does("pages", "restore", "delivery", "1")).revision, 3);
  assert.equal((await does("pages", "revisions", "delivery")).revisions.length, 3);
  assert.ok((await does("pages", "list")).pages.some((known) => known.id === "delivery"));
  const bad = await run(["pages", "save", "-"], { input: JSON.stringify({ ...shown, revision: 3, document: { ...shown.document, path: "nowhere" } }) });
  assert.deepEqual([bad.exit, bad.json.error.problems[0].path], [1, "path"], bad.err);

  assert.equal((await does("rollback", "1")).number, 3);
  await sees(made.host, "/delivery", "How do I begin", false);
  const kv = await miniflare.getKVNamespace("KV", "manysite");
  const before = await kv.get(`host/${made.host}`);
  await kv.delete(`host/${made.host}`);
  assert.ok((await does("republish")).records > 0);
  assert.equal(await kv.get(`host/${made.host}`), before);

  const at = (seconds) => new Date(inSeconds(seconds)).toISOString();
  const { schedule } = await does("publish", "--page", "delivery", "--at", at(3_600));
  assert.deepEqual([schedule.pages, (await does("schedules", "list")).schedules], [[{ id: "delivery", revision: 3 }], [schedule]]);
  assert.equal((await does("schedules", "move", schedule.id, at(7_200))).schedule.id, schedule.id);
  assert.equal((await does("unpublish", "delivery", "--at", at(10_800))).schedule.unpublish[0], "delivery");
  assert.equal((await run(["publish", "--page", "delivery", "--at", "yesterday"])).exit, 1);
  assert.equal((await does("schedules", "cancel", schedule.id)).id, schedule.id);
  assert.equal((await run(["schedules", "cancel", schedule.id])).exit, 2);
});

test("a site comes back from its folder, and a second import of the folder changes nothing", async () => {
  const folder = path.join(place, "exported");
  const counts = (await does("export", folder)).counts;
  assert.ok(counts.pages >= 6, JSON.stringify(counts));
  assert.equal((await run(["export", folder])).exit, 2);
  assert.deepEqual((await does("check", folder)).problems, []);
  const again = await does("import", folder);
  assert.deepEqual([again.created, again.changed], [false, 0]);

  const site = JSON.parse(await readFile(path.join(folder, "site.json"), "utf8"));
  const copy = path.join(place, "copy");
  await does("--site", "salt-pepper", "export", copy);
  await writeFile(path.join(copy, "site.json"), JSON.stringify({ ...site, hosts: ["copy.localhost"] }));
  const imported = await does("import", copy);
  assert.deepEqual([imported.created, imported.release.visible], [true, true]);
  await sees("copy.localhost", "/delivery", "How do I begin");
  const second = await does("import", copy);
  assert.deepEqual([second.created, second.changed, second.release.changes], [false, 0, []]);
  assert.deepEqual(await readdir(path.join(copy, "pages")), await readdir(path.join(folder, "pages")));
});

test("records go in from a file, with what is wrong by line, and come out as they went in", async () => {
  const made = await does("create-site", "--type", "shop", "--name", "ABC Shop");
  const file = path.join(place, "products.csv");
  const rows = ["id,slug,title,price,stock", "p1,lamp,Lamp,\"{\"\"amount\"\":4500,\"\"currency\"\":\"\"EUR\"\"}\",3", "p2,Chair!,Chair,,x"];
  await writeFile(file, rows.join("\n"));
  const site = ["--site", "abc-shop"];
  const first = await run([...site, "entities", "import", file, "--type", "product", "--publish"]);
  assert.deepEqual([first.exit, first.json.created, first.json.refused], [1, 1, 1], first.err);
  assert.deepEqual(first.json.problems.map((row) => row.line), [3]);
  assert.equal((await does(...site, "publish")).number, 1);
  await sees(made.host, "/products", "Lamp");
  await sees(made.host, "/products/lamp", "Lamp");
  const lines = path.join(place, "products.jsonl");
  assert.equal((await does(...site, "entities", "export", lines, "--type", "product")).rows, 1);
  const again = await does(...site, "entities", "import", lines, "--type", "product", "--publish");
  assert.deepEqual([again.unchanged, again.rows], [1, 1]);
  const csv = path.join(place, "again.csv");
  await does(...site, "entities", "export", csv, "--type", "product");
  assert.equal((await does(...site, "entities", "import", csv, "--type", "product", "--publish")).unchanged, 1);
  assert.equal((await run([...site, "entities", "export", "--type", "nothing"])).exit, 2);
});

test("files are pushed with the widths of pictures, and not a second time", async () => {
  const picture = path.join(ROOT, "kv-seed/bakery/files/oven.webp");
  const pushed = await does("--site", "salt-pepper", "assets", "push", picture, "--folder", "pictures");
  assert.deepEqual(pushed.files, [{ path: "pictures/oven.webp", how: "added" }]);
  const again = await does("--site", "salt-pepper", "assets", "push", picture, "--folder", "pictures");
  assert.deepEqual(again.files, [{ path: "pictures/oven.webp", how: "same" }]);
  const backup = path.join(place, "backup");
  assert.equal((await does("--site", "salt-pepper", "export", backup)).counts.files, 1);
  assert.deepEqual(await readFile(path.join(backup, "files/pictures/oven.webp")), await readFile(picture));
  assert.equal((await does("import", backup)).changed, 0);
  const bad = path.join(ROOT, "Cargo.toml");
  const refused = await run(["--site", "salt-pepper", "assets", "push", bad]);
  assert.deepEqual([refused.exit, refused.json.error.problems.length], [1, 1], refused.err);
});

test("folders are checked and pages of them drawn without a server", async () => {
  const away = { env: { MANYSITE_URL: "http://127.0.0.1:1" } };
  const checked = await run(["check", path.join(ROOT, "kv-seed")], away);
  assert.deepEqual([checked.exit, checked.json.problems], [0, []]);
  const drawn = await run(["render", path.join(ROOT, "kv-seed/shop"), "/products"], away);
  assert.match(drawn.json.html, /<!doctype html>[\s\S]*All products/i);
  assert.equal((await run(["render", path.join(ROOT, "kv-seed/shop"), "/nowhere"], away)).exit, 2);
});

test("logout ends the token", async () => {
  assert.equal((await does("logout")).url, url);
  assert.equal((await run(["sites"])).exit, 3);
});
