// Files on the built Workers: taken in by the origin, stored in R2, served by the edge.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import { test } from "node:test";
import { startOrigin } from "./lib/origin.mjs";
import { workerd } from "./lib/processes.mjs";

const { miniflare, port, ask, signUp } = await startOrigin();

const mira = await signUp("mira@example.org");
const made = await ask("POST", `/api/v1/tenants/${mira.tenant}/sites`, { body: { name: { en: "Crumb" }, locales: ["en"], host: "crumb" }, headers: mira.headers });
const site = made.json.id;
const assets = `/api/v1/sites/${site}/assets`;

// What a publish writes for the site's host.
const empty = { release: 1, epoch: 1, scheme: "http", database: "DB", locales: ["en"], name: {}, organisation: null, frame: {}, components: {}, types: {}, redirects: {}, not_found: {}, search: {} };
const theme = { hash: "ab", background_light: "#fff", background_dark: "#000", logo: null, logo_dark: null, icon: null, preload: [] };
const content = { ...empty, theme, routes: { exact: {}, shards: null, patterns: [] } };
const { KV, FILES, DB } = await miniflare.getBindings("manysite").then(async (edge) => ({ ...edge, ...(await miniflare.getBindings("manysite-origin")) }));
await KV.put("host/crumb.localhost", JSON.stringify({ v: 1, tenant: mira.tenant, site, status: "active", primary: "crumb.localhost", content }));

/** Sends the pieces as one body, of `length` bytes unless said otherwise. */
function send(method, target, pieces, { length = pieces.reduce((sum, piece) => sum + piece.length, 0), cut = false } = {}) {
  return new Promise((resolve, reject) => {
    const headers = { host: `admin.localhost:${port}`, "content-length": length, ...mira.headers };
    const request = http.request({ hostname: "127.0.0.1", port, method, path: target, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece) => (text += piece)).on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, text, get json() { return JSON.parse(text); } }));
    });
    request.on("error", reject);
    const next = (n) => {
      if (n === pieces.length) return cut ? request.destroy() : request.end();
      if (request.write(pieces[n])) setImmediate(next, n + 1);
      else request.once("drain", () => next(n + 1));
    };
    next(0);
  });
}

/** A file of the site as a visitor gets it. */
function visit(target, headers = {}) {
  return new Promise((resolve, reject) => {
    http.get({ hostname: "127.0.0.1", port, path: target, headers: { host: `crumb.localhost:${port}`, ...headers } }, (response) => {
      const [digest, head] = [createHash("sha256"), []];
      let size = 0;
      response.on("data", (piece) => { digest.update(piece); size += piece.length; if (size < 100_000) head.push(piece); }).on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, size, digest: digest.digest("hex"), bytes: Buffer.concat(head) }));
    }).on("error", reject);
  });
}

const big = (n) => { const bytes = Buffer.alloc(4); bytes.writeUInt32BE(n); return bytes; };
const box = (name, data) => Buffer.concat([big(data.length + 8), Buffer.from(name), data]);

/** A video of exactly this many bytes, in pieces, and its SHA-256. */
function video(length) {
  const head = Buffer.concat([box("ftyp", Buffer.from("isom\0\0\x02\0isommp42")), box("moov", Buffer.from("tracks"))]);
  const pieces = [Buffer.concat([head, big(length - head.length), Buffer.from("mdat")])];
  const noise = Buffer.alloc(64 * 1024);
  let left = length - head.length - 8;
  for (let n = 1; left > 0; n++) {
    const piece = Buffer.from(noise.subarray(0, Math.min(left, noise.length)));
    for (let at = 0; at + 4 <= piece.length; at += 4) piece.writeUInt32LE(Math.imul(n * 16384 + at, 2654435761) >>> 0, at);
    pieces.push(piece);
    left -= piece.length;
  }
  const digest = createHash("sha256");
  for (const piece of pieces) digest.update(piece);
  return { pieces, digest: digest.digest("hex") };
}

const kilobytes = (pid, name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);

test("a small file is served under its digest as soon as it is stored, and the same bytes again are the same file", async () => {
  const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
  const added = await send("POST", `${assets}?name=Pixel%201.png&folder=team`, [pixel]);
  assert.equal(added.status, 201, added.text);
  assert.equal(added.json.hash, createHash("sha256").update(pixel).digest("hex").slice(0, 24));
  assert.deepEqual([added.json.path, added.json.width, added.json.height], ["team/Pixel 1.png", 1, 1]);
  const seen = await visit(added.json.url);
  assert.deepEqual([seen.status, seen.headers["content-type"], seen.bytes], [200, "image/png", pixel]);
  const again = await send("POST", `${assets}?name=again.png`, [pixel]);
  assert.equal(again.json.hash, added.json.hash);
  const { results } = await DB.prepare("SELECT count(*) AS n FROM asset_objects WHERE site_id = ?1").bind(site).all();
  assert.equal(results[0].n, 1);
});

test("a vector picture is served clean", async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"><script>alert(1)</script><rect width="8" height="4" onclick="x()"/></svg>';
  const added = await send("POST", `${assets}?name=logo.svg`, [Buffer.from(svg)]);
  assert.deepEqual(added.json.removed, ["<script>", "onclick of <rect>"]);
  const seen = await visit(added.json.url);
  assert.equal(seen.headers["content-type"], "image/svg+xml");
  assert.doesNotMatch(seen.bytes.toString(), /script|onclick/);
});

test("100 MB pass through bounded memory and are served as they were sent", { timeout: 300_000 }, async (t) => {
  const { pieces, digest } = video(100_000_000);
  // The process holds both Workers and the stores. What each of them keeps once it has worked is there before.
  const first = await send("POST", `${assets}?name=first.mp4`, video(25_000_000).pieces);
  assert.equal(first.status, 201, first.text);
  const pid = workerd();
  const before = kilobytes(pid, "RssAnon");
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, kilobytes(pid, "RssAnon"))), 20);
  const started = performance.now();
  const added = await send("POST", `${assets}?name=film.mp4`, pieces);
  clearInterval(watch);
  assert.equal(added.status, 201, added.text);
  assert.deepEqual([added.json.hash, added.json.bytes], [digest.slice(0, 24), 100_000_000]);
  t.diagnostic(`soak: workerd ${before} kB before, ${most} kB at most; ${Math.round(performance.now() - started)} ms`);
  const seen = await visit(added.json.url);
  assert.deepEqual([seen.status, seen.headers["content-type"], seen.size, seen.digest], [200, "video/mp4", 100_000_000, digest]);
  const range = await visit(added.json.url, { range: "bytes=99999990-" });
  assert.deepEqual([range.status, range.size], [206, 10]);
  const names = (await FILES.list()).objects.map((object) => object.key);
  assert.ok(!names.some((name) => name.startsWith("upload/")), names.join(" "));
  assert.equal((await DB.prepare("SELECT count(*) AS n FROM loose_objects").first()).n, 0);
  // Garbage is collected late where there is room. What holds the file takes it twice: in Wasm, and on its way to R2.
  assert.ok(most - before < 150_000, `${most - before} kB more than before`);
});

test("one byte more than that is refused before it is sent", { timeout: 30_000 }, async () => {
  const answer = await send("POST", `${assets}?name=longer.mp4`, [], { length: 100_000_001 }).catch((error) => error);
  assert.equal(answer.status, 413, String(answer));
});

test("an upload that breaks off, and a long file with a bad end, leave nothing", async () => {
  const list = async () => (await FILES.list()).objects.map((object) => object.key).sort();
  const before = await list();
  const { pieces } = video(12_000_000);
  await assert.rejects(send("POST", `${assets}?name=broken.mp4`, pieces.slice(0, 120), { length: 12_000_000, cut: true }));
  const more = await send("POST", `${assets}?name=two.mp4`, [...pieces, Buffer.from("<html>")]);
  assert.equal(more.status, 422, more.text);
  assert.match(more.text, /has something else behind it/);
  assert.deepEqual(await list(), before);
  const names = (await ask("GET", assets, { headers: mira.headers })).json.assets.map((asset) => asset.name);
  assert.ok(!names.includes("broken.mp4") && !names.includes("two.mp4"), names.join(" "));
});

test("a stored width is served as WebP beside its original", async () => {
  const side = (n) => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(n - 1); return bytes.subarray(0, 3); };
  const chunk = (name, data) => { const length = Buffer.alloc(4); length.writeUInt32LE(data.length); return Buffer.concat([Buffer.from(name), length, data]); };
  const webp = (width, height) => {
    const chunks = Buffer.concat([Buffer.from("WEBP"), chunk("VP8X", Buffer.concat([Buffer.alloc(4), side(width), side(height)])), chunk("VP8 ", Buffer.from("pixels"))]);
    return chunk("RIFF", chunks);
  };
  const added = (await send("POST", `${assets}?name=wide.webp`, [webp(640, 320)])).json;
  assert.deepEqual(added.missing_widths, [320, 640]);
  const put = await send("PUT", `${assets}/${added.id}/variants/320`, [webp(320, 160)]);
  assert.equal(put.status, 204, put.text);
  const seen = await visit(`/-/file/${added.hash}-320/wide.webp`);
  assert.deepEqual([seen.status, seen.headers["content-type"], seen.bytes], [200, "image/webp", webp(320, 160)]);
});
