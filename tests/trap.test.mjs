// A trap in WebAssembly ends its request and none of the following ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startWorld } from "./lib/world.mjs";

const world = await startWorld({ front: "trapping.mjs" });
const { visit } = world;
const trapped = (path, at) => visit("agency", path, { headers: { "x-test-trap": at } });
const file = /\/-\/file\/[^" ]+\.webp/.exec((await visit("agency", "/")).text)[0];

for (const [at, path, others] of [
  ["start", "/services", ["/services", "/"]],
  ["kv", "/about", ["/about", "/"]],
  ["d1", "/work", ["/work", "/journal", "/"]],
  ["r2", file, [file, "/"]],
]) {
  test(`after a trap in a request (${at}) the next ones are answered as ever`, async () => {
    const began = Date.now();
    const broken = await trapped(path, at);
    assert.equal(broken.status, 500, "the request itself fails");
    assert.ok(Date.now() - began < 5_000, "and does not hang");
    assert.doesNotMatch(broken.text, /wasm|RuntimeError|unreachable|\.rs/i, "without telling how");
    for (const other of others) assert.equal((await visit("agency", other)).status, 200, other);
    assert.equal((await visit("bakery", "/ar")).status, 200);
  });
}

test("many traps at once leave the Worker working", async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => (n % 3 ? visit("school", `/?n=${n}`) : trapped(`/no-such-page-${n}`, "kv"))));
  assert.ok(answers.length === 12);
  for (const site of ["agency", "bakery", "school"]) assert.equal((await visit(site, "/")).status, 200, site);
});
