// Which site answers is decided by the Host header alone.
import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { SITES, startWorld } from "./lib/world.mjs";

const world = await startWorld();
const { visit, hostname, port } = world;

/** Sends these bytes and gives everything that comes back. */
function raw(text) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, hostname, () => socket.write(text));
    let answer = "";
    socket.setTimeout(3_000, () => socket.destroy());
    socket.on("data", (data) => (answer += data.toString("latin1")));
    socket.on("close", () => resolve(answer)).on("error", reject);
  });
}

const ask = (host, path = "/") => raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

test("another host of a site redirects to its primary host and keeps path and query", async () => {
  for (const [from, to] of [["/", "/"], ["/breads?sort=price.asc&x=%20a", "/breads?sort=price.asc&x=%20a"], ["/ar/%D8%AE%D8%A8%D8%B2%D9%86%D8%A7", "/ar/%D8%AE%D8%A8%D8%B2%D9%86%D8%A7"], ["//evil.example/x", "//evil.example/x"]]) {
    const answer = await visit("crumb.localhost", from);
    assert.equal(answer.status, 301, from);
    assert.equal(answer.headers.location, world.address("bakery", to));
  }
});

test("certificate challenges of another host are not redirected", async () => {
  assert.equal((await visit("crumb.localhost", "/.well-known/acme-challenge/x")).status, 404);
});

test("suspended, archived and unknown hosts get a page of the platform's own that is not indexed", async () => {
  for (const [host, status, words] of [["suspended", 503, "paused"], ["archived", 410, "closed"], ["nobody.example", 404, "no website here"]]) {
    for (const path of ["/", "/about", "/robots.txt", "/sitemap.xml", "/-/file/00/x.svg"]) {
      const answer = await visit(host, path);
      assert.equal(answer.status, status, `${host}${path}`);
      assert.match(answer.text, new RegExp(words));
      assert.equal(answer.headers["x-robots-tag"], "noindex");
      assert.equal(answer.headers["cache-control"], "no-store");
    }
  }
});

test("hosts are read without regard to case, a final dot or the port", async () => {
  for (const host of ["BAKERY.localhost", "bakery.localhost.", "bakery.localhost:1", `Bakery.LocalHost:${port}`]) {
    assert.match(await ask(host), /^HTTP\/1.1 200 [^]*Crumb &amp; Cardamom/, host);
  }
});

test("a malformed Host header is answered with an error and no site", async () => {
  const hosts = ["", " ", "bakery..localhost", "-bakery.localhost", "bakery.localhost, agency.localhost", "[::1]", "127.0.0.1", "bakery_.localhost", `${"a".repeat(64)}.localhost`, `${"a.".repeat(130)}localhost`, "bäkery.localhost", "bakery.localhost%2F", "bakery%00.localhost", "bakery localhost", "localhost"];
  for (const host of hosts) {
    const answer = await ask(host);
    // Miniflare itself fails with a bare 500 where a host makes no URL; the Worker never sees such a request.
    assert.match(answer, /^HTTP\/1.1 ((400|404) |500 [^]*\r\n\r\nInternal Server Error$)/, `${JSON.stringify(host)}: ${answer.slice(0, 200)}`);
    assert.doesNotMatch(answer, /Crumb|Northlight/, host);
  }
});

test("what a Host header carries behind the name leads to no second site", async () => {
  // The platform makes the request's URL out of the header, so these reach the Worker as paths, queries and user names.
  for (const host of ["bakery.localhost/agency.localhost", "bakery.localhost?agency.localhost", "bakery.localhost#agency.localhost", "bakery.localhost\\agency.localhost", "bakery.localhost@agency.localhost", "../bakery.localhost", "host/bakery.localhost"]) {
    const answer = await ask(host);
    assert.ok(!(answer.includes("Crumb") && answer.includes("Northlight")), host);
    assert.doesNotMatch(answer, /^HTTP\/1.1 5/, host);
  }
});

test("two Host headers lead to no site", async () => {
  const answer = await raw("GET / HTTP/1.1\r\nHost: bakery.localhost\r\nHost: agency.localhost\r\nConnection: close\r\n\r\n");
  assert.doesNotMatch(answer, /^HTTP\/1.1 200/);
});

test("no other header names the host", async () => {
  const plain = await visit("bakery", "/");
  for (const name of ["x-forwarded-host", "x-host", "x-original-host", "forwarded", "x-original-url", "x-rewrite-url", "x-http-host-override", "cf-worker", "x-forwarded-proto", "origin", "referer", "cookie"]) {
    for (const path of ["/", "/no-such-page", "/sitemap.xml"]) {
      const answer = await visit("bakery", path, { headers: { [name]: name === "forwarded" ? "host=agency.localhost;proto=https" : "agency.localhost" } });
      assert.equal(answer.headers.location, undefined, name);
      assert.ok(!answer.text.includes("Northlight") && !answer.text.includes("agency.localhost"), name);
      if (path === "/") assert.equal(answer.text, plain.text, name);
    }
  }
});

test("an absolute request target does not outvote the page's addresses", async () => {
  const answer = await raw("GET http://agency.localhost/ HTTP/1.1\r\nHost: bakery.localhost\r\nConnection: close\r\n\r\n");
  assert.ok(!(answer.includes("Northlight") && answer.includes("Crumb")), "one site at most");
});

test("methods other than GET and HEAD are refused everywhere", async () => {
  for (const site of SITES.slice(0, 2)) {
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await visit(site, "/", { method });
      assert.equal(answer.status, 405, method);
      assert.equal(answer.headers.allow, "GET, HEAD");
    }
  }
});
