// What visitors' browsers may keep, and how the Worker says how an answer was made.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SITES, startWorld } from "./lib/world.mjs";

const PAGES = { agency: "/projects", bakery: "/ar", magazine: "/news", school: "/events", shop: "/products?category=laptops" };
const TOKEN = "a-token-of-this-test";
const development = await startWorld();
const production = await startWorld({ vars: { ENVIRONMENT: "production", DEBUG_TOKEN: TOKEN } });

for (const site of SITES) {
  describe(site, () => {
    test("pages are asked for again each time, and answered with 304 while they are the same", async () => {
      for (const path of ["/", PAGES[site], "/robots.txt", "/sitemap.xml"]) {
        const first = await production.visit(site, path);
        assert.equal(first.status, 200, path);
        assert.match(first.headers.etag, /^"[^"]+"$/, path);
        for (const given of [first.headers.etag, `W/${first.headers.etag}`, `"other", ${first.headers.etag}`, "*"]) {
          const again = await production.visit(site, path, { headers: { "if-none-match": given } });
          assert.deepEqual([again.status, again.bytes.length, again.headers.etag], [304, 0, first.headers.etag], `${path} ${given}`);
          for (const name of ["cache-control", "content-security-policy"]) assert.equal(again.headers[name], first.headers[name], `${path} ${name}`);
        }
        const changed = await production.visit(site, path, { headers: { "if-none-match": '"other"' } });
        assert.deepEqual([changed.status, changed.text], [200, first.text], path);
      }
      assert.equal((await production.visit(site, "/")).headers["cache-control"], "public, max-age=0, must-revalidate");
    });

    test("HEAD equals GET without the body", async () => {
      for (const path of ["/", PAGES[site], "/no-such-page", "/sitemap.xml", "/robots.txt"]) {
        const [head, get] = [await production.visit(site, path, { method: "HEAD" }), await production.visit(site, path)];
        assert.equal(head.bytes.length, 0, path);
        assert.equal(head.status, get.status, path);
        for (const name of ["etag", "content-type", "cache-control", "content-security-policy"]) assert.equal(head.headers[name], get.headers[name], `${path} ${name}`);
      }
    });

    test("a page is the same bytes drawn, from memory and from a second isolate", async () => {
      const texts = [await production.visit(site, PAGES[site]), await production.visit(site, PAGES[site])].map((a) => a.text);
      assert.equal(texts[0], texts[1]);
      const other = (await development.visit(site, PAGES[site])).text;
      assert.equal(other.replaceAll(`:${development.port}`, ""), texts[0].replaceAll(`:${production.port}`, ""));
    });

    test("parameters that a page does not know make no other page", async () => {
      const [plain, decorated] = [await production.visit(site, "/"), await production.visit(site, "/?utm_source=x&fbclid=1")];
      assert.deepEqual([decorated.status, decorated.text, decorated.headers.etag], [200, plain.text, plain.headers.etag]);
    });
  });
}

test("a page of one site is not another site's 304", async () => {
  const { etag } = (await production.visit("agency", "/")).headers;
  assert.equal((await production.visit("school", "/", { headers: { "if-none-match": etag } })).status, 200);
});

test("in development an answer says how it was made", async () => {
  const first = await development.visit("agency", "/services");
  assert.match(first.headers["cache-status"], /^manysite; detail=miss$/);
  assert.match(first.headers["server-timing"], /^host;dur=\d+, kv;dur=\d+, render;dur=\d+, total;dur=\d+$/);
  const second = await development.visit("agency", "/services");
  assert.match(second.headers["cache-status"] ?? "(no header)", /^manysite; detail=memory$/);
});

test("otherwise it says so to the holder of the token only", async () => {
  for (const headers of [{}, { "x-debug-token": "" }, { "x-debug-token": "wrong" }, { "x-debug-token": `${TOKEN}x` }, { "x-debug-token": TOKEN.slice(1) }]) {
    const answer = await production.visit("agency", "/approach", { headers });
    assert.equal(answer.headers["cache-status"], undefined, JSON.stringify(headers));
    assert.equal(answer.headers["server-timing"], undefined);
  }
  const fresh = await production.visit("agency", "/careers", { headers: { "x-debug-token": TOKEN } });
  assert.equal(fresh.headers["cache-status"], "manysite; detail=miss");
  assert.equal((await production.visit("agency", "/careers")).headers["cache-status"], undefined, "the note is not kept with the page");
  const held = await production.visit("agency", "/careers", { headers: { "x-debug-token": TOKEN } });
  assert.equal(held.headers["cache-status"], "manysite; detail=memory");
});

test("an empty token in the configuration opens nothing", async () => {
  const world = await startWorld({ vars: { ENVIRONMENT: "production", DEBUG_TOKEN: "" } });
  assert.equal((await world.visit("agency", "/", { headers: { "x-debug-token": "" } })).headers["cache-status"], undefined);
});
