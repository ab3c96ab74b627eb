// Bindings that are missing or never answer: what the visitor gets and what the log says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startWorld } from "./lib/world.mjs";

const { visit, logs } = await startWorld({ front: "unbound.mjs", vars: { ENVIRONMENT: "production" } });

/** The log arrives on its own way. */
async function logged(text) {
  for (let n = 0; n < 50; n += 1) {
    const line = logs.find(({ message }) => message.includes(text));
    if (line) return line.message;
    await sleep(100);
  }
  throw new Error(`no line with ${JSON.stringify(text)} in the log:\n${logs.map(({ message }) => message).join("\n")}`);
}

async function isSorry({ status, headers, text }, what) {
  assert.deepEqual([status, headers["retry-after"], headers["cache-control"]], [503, "10", "no-store"], what);
  assert.match(text, /This page is taking a break/, what);
  await logged(/Incident ([0-9a-f]{16})/.exec(text)[1]);
}

for (const [name, table, site, path] of [
  ["KV", "kv_namespaces", "agency", "/"],
  ["DB", "d1_databases", "magazine", "/sitemap.xml"],
  ["FILES", "r2_buckets", "agency", "/-/file/ab12/a.png"],
]) {
  test(`without the binding ${name} the visitor is told to wait and the log names the binding and the remedy`, async () => {
    await isSorry(await visit(site, path, { headers: { "x-test-without": name } }), name);
    const line = await logged(`no binding ${name}`);
    assert.ok(line.includes(`add [[${table}]] with binding = "${name}" to wrangler.toml`), line);
  });
}

test("without the binding ORIGIN a preview waits, the log names the binding and the remedy, and pages do not need it", async () => {
  const answer = await visit("agency", "/-/now/preview/x/");
  assert.deepEqual([answer.status, answer.headers["retry-after"], answer.headers["cache-control"]], [503, "10", "private, no-store"]);
  const line = await logged("no binding ORIGIN");
  assert.ok(line.includes('add [[services]] with binding = "ORIGIN" to wrangler.toml'), line);
  assert.equal((await visit("agency", "/")).status, 200);
});

test("without its database a page stands with a notice in place of its list", async () => {
  const answer = await visit("school", "/events", { headers: { "x-test-without": "DB" } });
  assert.deepEqual([answer.status, answer.headers["cache-control"]], [200, "no-store"]);
  assert.match(answer.text, /This part is not available at the moment/);
  assert.doesNotMatch((await visit("school", "/events")).text, /This part is not available at the moment/);
});

test("a store that never answers is given up after its time", async () => {
  await isSorry(await visit("shop", "/", { headers: { "x-test-silent": "KV" } }), "KV");
  await logged("KV: no answer within 2000 ms");
  await isSorry(await visit("magazine", "/sitemap.xml", { headers: { "x-test-silent": "DB" } }), "DB");
  await logged("D1: no answer within 3000 ms");
  await isSorry(await visit("agency", "/-/file/ab12/a.png", { headers: { "x-test-silent": "FILES" } }), "FILES");
  await logged("R2: no answer within 5000 ms");
});
