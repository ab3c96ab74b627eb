// A trap in WebAssembly ends its request and those that wait beside it, each with a page, and none of the following ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startWorld } from "./lib/world.mjs";

const world = await startWorld({ front: "trapping.mjs", vars: { ENVIRONMENT: "production" } });
const { visit } = world;
const trapped = (path, at, site = "agency") => visit(site, path, { headers: { "x-test-trap": at } });
const file = /\/-\/file\/[^" ]+\.webp/.exec((await visit("agency", "/")).text)[0];

async function isOurPage({ status, headers, text }, what) {
  assert.equal(status, 500, what);
  assert.match(headers["content-type"], /^text\/html/, `${what}: ${text}`);
  assert.deepEqual([headers["retry-after"], headers["cache-control"]], ["10", "no-store"], what);
  assert.match(text, /Something went wrong here.*try again in a moment/s, what);
  const [, number] = /Incident ([0-9a-f]{16})/.exec(text) ?? [];
  assert.ok(await isLogged(`${number}: ended by a trap`), `${what}: the log has its number`);
  assert.doesNotMatch(text, /wasm|RuntimeError|unreachable|\.rs/i, `${what}: it does not tell how`);
}

/** The log arrives on its own way. */
async function isLogged(text) {
  for (let n = 0; n < 50; n += 1) {
    if (world.logs.some(({ message }) => message.includes(text))) return true;
    await sleep(100);
  }
  return false;
}

for (const [when, at, path, others] of [
  ["before anything is waited for", "start", "/services", ["/services", "/"]],
  ["at the first read", "kv", "/about", ["/about", "/"]],
  ["after two reads", "d1", "/projects", ["/projects", "/journal", "/"]],
  ["at a file", "r2", file, [file, "/"]],
]) {
  test(`after a trap ${when} its visitor gets our page and the next ones are answered as ever`, async () => {
    await isOurPage(await trapped(path, at), at);
    for (const other of others) assert.equal((await visit("agency", other)).status, 200, other);
    assert.equal((await visit("bakery", "/ar")).status, 200);
  });
}

test("requests that wait beside a trap end with our page, too", async () => {
  const waiting = ["/", "/events", "/contact"].map((path) => trapped(path, "nothing, slowly", "school"));
  await sleep(300);
  await isOurPage(await trapped("/news", "d1", "magazine"), "the trap itself");
  for (const answer of await Promise.all(waiting)) await isOurPage(answer, "one that waited");
  assert.equal((await visit("school", "/")).status, 200);
});

test("a trap behind an answer spoils neither that answer nor the next ones", async () => {
  const { text } = await visit("bakery", "/");
  await sleep(5_100);
  // The host is due to be read again, behind the answer.
  const waiting = trapped("/breads", "nothing, slowly", "shop");
  await sleep(300);
  const answer = await trapped("/", "kv", "bakery");
  assert.deepEqual([answer.status, answer.text], [200, text]);
  await isOurPage(await waiting, "one that waited");
  for (const site of ["bakery", "shop", "magazine"]) assert.equal((await visit(site, "/")).status, 200, site);
});

test("many traps at once leave the Worker working", async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => (n % 3 ? visit("school", `/?n=${n}`) : trapped(`/no-such-page-${n}`, "kv"))));
  for (const answer of answers) if (answer.status !== 200) await isOurPage(answer, "one of many");
  for (const site of ["agency", "bakery", "school"]) assert.equal((await visit(site, "/")).status, 200, site);
});

test("what the edge cache has of a page is sent as it was drawn, with no header of the cache's own", async () => {
  const list = ["magazine", "/news", { headers: { "accept-language": "en" } }];
  const drawn = await visit(...list);
  await sleep(300);
  await isOurPage(await trapped("/", "start"), "the instance goes, and its memory with it");
  const { DB } = await world.bindings();
  await DB.exec("ALTER TABLE entity_lists RENAME TO elsewhere");
  const kept = await visit(...list);
  assert.deepEqual([kept.status, kept.text], [200, drawn.text]);
  assert.deepEqual({ ...kept.headers, date: undefined }, { ...drawn.headers, date: undefined });
});
