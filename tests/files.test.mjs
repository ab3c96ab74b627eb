// Files of R2 and style sheets: types, ranges, conditions, and that a site has only its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { crawl } from "./lib/crawl.mjs";
import { startWorld } from "./lib/world.mjs";

const world = await startWorld();
const { visit } = world;
const { files } = await crawl(world, "agency");
const one = (extension) => [...files.keys()].find((path) => path.endsWith(`.${extension}`)) ?? assert.fail(`the site has no .${extension}`);
const picture = one("webp");

test("files have the type of their name and may be kept for ever", () => {
  const types = { webp: "image/webp", svg: "image/svg+xml", woff2: "font/woff2", css: "text/css; charset=utf-8" };
  const seen = new Set();
  for (const [path, { headers }] of files) {
    const type = types[path.split(".").pop()];
    if (!path.startsWith("/-/") || !type) continue;
    seen.add(type);
    assert.equal(headers["content-type"], type, path);
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable", path);
    assert.equal(headers["x-content-type-options"], "nosniff", path);
    assert.ok(headers.etag, path);
  }
  assert.deepEqual([...seen].sort(), Object.values(types).sort());
});

test("HEAD says what GET says, without the body", async () => {
  for (const path of [picture, one("svg"), one("css"), one("woff2")]) {
    const [get, head] = [await visit("agency", path), await visit("agency", path, { method: "HEAD" })];
    assert.equal(head.bytes.length, 0);
    assert.equal(head.status, 200);
    for (const name of ["content-type", "etag", "cache-control"]) assert.equal(head.headers[name], get.headers[name], `${path} ${name}`);
    assert.equal(Number(get.headers["content-length"]), get.bytes.length);
    // A server may leave the length of a body out that it does not send (RFC 9110 section 8.6).
    if (head.headers["content-length"]) assert.equal(head.headers["content-length"], get.headers["content-length"], path);
  }
});

test("one range is answered with its bytes", async () => {
  const whole = (await visit("agency", picture)).bytes;
  const size = whole.length;
  for (const [range, first, last] of [["bytes=0-0", 0, 0], ["bytes=10-19", 10, 19], [`bytes=${size - 5}-`, size - 5, size - 1], ["bytes=-7", size - 7, size - 1], ["bytes=0-99999999", 0, size - 1], ["bytes=-99999999", 0, size - 1], ["bytes=3-18446744073709551614", 3, size - 1], ["bytes=-18446744073709551615", 0, size - 1]]) {
    const answer = await visit("agency", picture, { headers: { range } });
    assert.equal(answer.status, 206, range);
    assert.equal(answer.headers["content-range"], `bytes ${first}-${last}/${size}`, range);
    assert.deepEqual(answer.bytes, whole.subarray(first, last + 1), range);
    assert.equal(Number(answer.headers["content-length"]), last - first + 1, range);
  }
});

test("a range outside the file is a 416 that says its size", async () => {
  const size = (await visit("agency", picture)).bytes.length;
  for (const range of [`bytes=${size}-`, `bytes=${size + 10}-${size + 20}`, "bytes=-0", "bytes=18446744073709551615-"]) {
    const answer = await visit("agency", picture, { headers: { range } });
    assert.equal(answer.status, 416, range);
    assert.equal(answer.headers["content-range"], `bytes */${size}`, range);
  }
});

test("several ranges, and what is no range, are answered with the whole file", async () => {
  const size = (await visit("agency", picture)).bytes.length;
  for (const range of ["bytes=0-1,3-4", "bytes=5-2", "items=0-1", "bytes=-", "bytes=x-y", "0-5"]) {
    const answer = await visit("agency", picture, { headers: { range } });
    assert.deepEqual([answer.status, answer.bytes.length], [200, size], range);
  }
  const head = await visit("agency", picture, { method: "HEAD", headers: { range: "bytes=0-1" } });
  assert.deepEqual([head.status, Number(head.headers["content-length"])], [200, size], "HEAD");
});

test("a range with If-Range is only answered in part while the file is the same", async () => {
  const { etag } = (await visit("agency", picture)).headers;
  const status = async (ifRange) => (await visit("agency", picture, { headers: { range: "bytes=0-3", "if-range": ifRange } })).status;
  assert.equal(await status(etag), 206);
  assert.equal(await status('"another"'), 200);
  assert.equal(await status(`W/${etag}`), 200);
  assert.equal(await status("Sat, 21 Nov 2026 08:00:00 GMT"), 200);
});

test("If-None-Match with the file's tag is a 304 without body, also for a range", async () => {
  for (const path of [picture, one("svg"), one("css"), one("woff2")]) {
    const { etag } = (await visit("agency", path)).headers;
    for (const given of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const answer = await visit("agency", path, { headers: { "if-none-match": given, range: "bytes=0-1" } });
      assert.deepEqual([answer.status, answer.bytes.length, answer.headers.etag], [304, 0, etag], `${path} ${given}`);
      assert.match(answer.headers["cache-control"], /immutable/);
    }
    assert.equal((await visit("agency", path, { headers: { "if-none-match": '"x"' } })).status, 200);
  }
});

test("an SVG cannot run anything, even when opened by itself", async () => {
  const { headers, text } = await visit("agency", one("svg"));
  assert.match(headers["content-security-policy"], /default-src 'none'.*sandbox/);
  assert.doesNotMatch(text, /<script|\son\w+=|javascript:|<foreignObject/i);
});

test("an unknown digest, a malformed one and an unknown width are not found", async () => {
  const [, digest, rest] = /^\/-\/file\/([0-9a-f]+)(?:-\d+)?(\/.*)$/.exec(picture);
  for (const path of [`/-/file/${"0".repeat(digest.length)}/x.webp`, `/-/file/${digest}-77${rest}`, `/-/file/${digest.toUpperCase()}X/x.webp`, "/-/file/", "/-/file/../x.webp", `/-/file/${digest}/a/b.webp`, "/-/style/00/0-0.css", "/-/", "/-/anything"]) {
    assert.equal((await visit("agency", path)).status, 404, path);
  }
});

test("another site's files and style sheets are not found", async () => {
  const other = await crawl(world, "school");
  const paths = [...other.files.keys()].filter((path) => path.startsWith("/-/") && !files.has(path));
  // Font files have the same digest on every site that uses the font.
  const shared = new Set([...files.keys()].map((path) => path.split("/")[3]?.split("-")[0]));
  const foreign = paths.filter((path) => !shared.has(path.split("/")[3].split("-")[0]));
  assert.ok(foreign.length > 50);
  for (const path of foreign) {
    const answer = await visit("agency", path);
    assert.equal(answer.status, 404, path);
  }
});

test("the extension of an address cannot turn a picture into a page", async () => {
  const [, digest] = /^\/-\/file\/([^/]+)\//.exec(picture);
  for (const name of ["x.html", "x.htm", "x.js", "x.xhtml", "x.xml"]) {
    const { status, headers } = await visit("agency", `/-/file/${digest}/${name}`);
    if (status === 404) continue;
    assert.doesNotMatch(headers["content-type"], /html|script|xml/, name);
    assert.match(headers["content-disposition"], /attachment/, name);
  }
});
