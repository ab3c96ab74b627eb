// The policies that are sent with every kind of answer.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { all, attribute, textOf } from "./lib/html.mjs";
import { startWorld } from "./lib/world.mjs";

const world = await startWorld();
const { visit } = world;
const home = await visit("agency", "/");
const file = all(home.text, "img").map((e) => attribute(e, "src"))[0];
const style = all(home.text, "link").filter((e) => attribute(e, "rel") === "stylesheet").map((e) => attribute(e, "href"))[0];

const pages = [["agency", "/"], ["shop", "/products?sort=price.asc"], ["magazine", "/search?q=harbour"], ["bakery", "/ar"], ["agency", "/missing"], ["agency", "/.well-known/x"], ["suspended", "/"], ["archived", "/"], ["nobody.example", "/"]];
const others = [["agency", file], ["agency", style], ["agency", "/robots.txt"], ["agency", "/sitemap.xml"], ["agency", "/feed/post.xml"], ["agency", "/projects/"], ["agency", "/blog"], ["crumb.localhost", "/"], ["agency", "/favicon.ico"]];
const policy = (headers) => new Map((headers["content-security-policy"] ?? "").split(";").map((part) => part.trim().split(/\s+/)).map(([name, ...values]) => [name, values.join(" ")]));

for (const [site, path] of pages) {
  test(`${site}${path} may load only what the site itself has, and run nothing`, async () => {
    const answer = await visit(site, path);
    const { headers } = answer;
    const csp = policy(headers);
    assert.equal(csp.get("default-src"), "'none'");
    assert.ok(!csp.has("script-src"), "no script is allowed");
    assert.equal(csp.get("frame-ancestors"), "'none'");
    assert.equal(csp.get("base-uri"), "'none'");
    assert.doesNotMatch(headers["content-security-policy"], /unsafe-|\*|https?:|data:/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "strict-origin-when-cross-origin");
    assert.match(headers["permissions-policy"], /camera=\(\).*microphone=\(\)/);
    assert.equal(headers["cross-origin-opener-policy"], "same-origin");
    for (const element of all(answer.text, "style")) {
      const hash = createHash("sha256").update(textOf(element)).digest("base64");
      assert.ok(csp.get("style-src").includes(`'sha256-${hash}'`), "an inline style is allowed by its hash only");
    }
  });
}

for (const [site, path] of [...pages, ...others]) {
  test(`${site}${path.slice(0, 24)} names its type and sets or tells nothing more`, async () => {
    const { headers } = await visit(site, path);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.match(headers["content-type"], /^[\w.+-]+\/[\w.+-]+(; charset=utf-8)?$/);
    assert.ok(headers["cache-control"]);
    for (const name of ["set-cookie", "server", "x-powered-by", "access-control-allow-origin"]) assert.equal(headers[name], undefined, name);
    assert.equal(headers.vary, site === "bakery" && !path.startsWith("/-/") ? "accept-language" : undefined, "only pages with translations vary");
  });
}

test("a refused method and a malformed host get the same policies", async () => {
  for (const answer of [await visit("agency", "/", { method: "POST" }), await visit("-x-.localhost", "/")]) {
    assert.ok(answer.status === 405 || answer.status === 400);
    assert.equal(policy(answer.headers).get("default-src"), "'none'");
    assert.equal(answer.headers["x-content-type-options"], "nosniff");
  }
});

test("a site that is served over https says so for a year", async () => {
  const env = await world.bindings();
  const record = JSON.parse(await env.KV.get("host/agency.localhost"));
  await env.KV.put("host/secure.example", JSON.stringify({ ...record, primary: "secure.example", content: { ...record.content, release: 999, scheme: "https" } }));
  const { status, headers, text } = await visit("secure.example", "/");
  assert.equal(status, 200);
  assert.match(headers["strict-transport-security"], /^max-age=(\d{8,})/);
  assert.match(text, /rel="canonical" href="https:\/\/secure\.example\/"/);
  assert.equal(home.headers["strict-transport-security"], undefined, "not where there is no https");
});
