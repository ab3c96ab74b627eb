// What search engines read: addresses, languages, sitemaps, robots, feeds, redirects.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { crawl, readSitemap } from "./lib/crawl.mjs";
import { all, attribute } from "./lib/html.mjs";
import { readSites } from "./lib/state.mjs";
import { SITES, startWorld } from "./lib/world.mjs";
import { descendants, parseXml, texts } from "./lib/xml.mjs";

const world = await startWorld();
const { visit, address } = world;
const sites = new Map((await readSites()).map((site) => [site.site, site]));
const record = (site) => JSON.parse(sites.get(site).kv.find(([key]) => key === `host/${site}.localhost`)[1]).content;
const meta = (text, key) => all(text, "meta").filter((e) => (attribute(e, "property") ?? attribute(e, "name")) === key).map((e) => attribute(e, "content"));

for (const site of SITES) {
  describe(site, () => {
    let pages, sitemap;
    before(async () => {
      ({ pages } = await crawl(world, site));
      sitemap = await readSitemap(world, site);
    });
    const good = () => [...pages].filter(([, page]) => page.status === 200 && !page.robots.includes("noindex"));

    test("every page names itself as its only canonical address", () => {
      for (const [path, page] of good()) assert.deepEqual(page.canonicals, [address(site, path)], path);
    });

    test("translations name each other, and themselves", () => {
      for (const [path, page] of good()) {
        if (page.alternates.length === 0) continue;
        assert.ok(page.alternates.some(([lang, href]) => lang === page.lang && href === address(site, path)), `${path} does not name itself`);
        for (const [lang, href] of page.alternates) {
          const other = pages.get(new URL(href).pathname);
          assert.equal(other?.status, 200, `${path} names ${href}`);
          if (lang !== "x-default") assert.equal(other.lang, lang, href);
          assert.deepEqual(other.alternates.toSorted(), page.alternates.toSorted(), `${path} and ${href}`);
        }
      }
      const languages = record(site).locales.length;
      if (languages > 1) assert.ok(good().filter(([, p]) => p.alternates.length > languages - 1).length > good().length / 2);
    });

    test("the sitemap holds every page that may be found, once, and none that may not", () => {
      assert.equal(new Set(sitemap.paths).size, sitemap.paths.length, "no address twice");
      const listed = new Set(sitemap.paths);
      for (const [path] of good()) assert.ok(listed.has(path), `${path} is missing`);
      for (const path of listed) assert.ok(!pages.get(path).robots.includes("noindex"), `${path} is not to be indexed`);
    });

    test("the sitemap is an index of well-formed parts with the site's own addresses", async () => {
      assert.match(sitemap.index.headers["content-type"], /^application\/xml/);
      assert.equal(parseXml(sitemap.index.text).name, "sitemapindex");
      assert.equal(parseXml(sitemap.index.text).attributes.xmlns, "http://www.sitemaps.org/schemas/sitemap/0.9");
      for (const part of sitemap.parts) {
        const root = parseXml((await visit(site, new URL(part).pathname)).text);
        assert.equal(root.name, "urlset");
        for (const loc of texts(root, "loc")) assert.equal(new URL(loc).origin, address(site, ""));
        for (const modified of texts(root, "lastmod")) assert.ok(!Number.isNaN(Date.parse(modified)), modified);
        for (const url of root.children) {
          const alternates = url.children.filter((c) => c.name === "xhtml:link").map((c) => c.attributes.href);
          if (alternates.length) assert.ok(alternates.includes(texts(url, "loc")[0]), "a translated address stands among its alternates");
        }
      }
    });

    test("robots.txt names the sitemap and keeps search results out", async () => {
      const answer = await visit(site, "/robots.txt");
      assert.match(answer.headers["content-type"], /^text\/plain/);
      assert.ok(answer.text.includes(`Sitemap: ${address(site, "/sitemap.xml")}\n`));
      assert.match(answer.text, /^User-agent: \*$/m);
      for (const path of Object.values(record(site).search)) assert.ok(answer.text.includes(`Disallow: ${encodeURI(path)}?`), path);
    });

    test("feeds are valid Atom with entries that exist", async () => {
      const { types, locales } = record(site);
      const feeds = Object.entries(types).filter(([, t]) => t.indexes.some((i) => !i.filter.length && i.sort === "published_at") && Object.keys(t.paths).length);
      assert.ok(feeds.length > 0);
      for (const [kind, type] of feeds) {
        for (const locale of locales.filter((l) => type.paths[l])) {
          const path = `${locale === locales[0] ? "" : `/${locale}`}/feed/${kind}.xml`;
          const answer = await visit(site, path);
          assert.equal(answer.status, 200, path);
          await checkFeed(site, path, answer);
        }
      }
    });

    test("redirects of the site lead to pages", async () => {
      const { redirects } = record(site);
      assert.ok(Object.keys(redirects).length > 0);
      for (const [from, { to, status }] of Object.entries(redirects)) {
        const answer = await visit(site, encodeURI(from));
        assert.deepEqual([answer.status, answer.headers.location], [status, encodeURI(to)], from);
        assert.equal((await visit(site, answer.headers.location)).status, 200, to);
      }
    });

    test("pages are described for those who share them", async () => {
      const path = sitemap.paths.at(-1);
      const { text } = await visit(site, path);
      for (const key of ["og:title", "og:description", "og:url", "og:type", "og:site_name"]) assert.equal(meta(text, key).filter(Boolean).length, 1, key);
      assert.equal(meta(text, "og:url")[0], address(site, path));
      for (const image of meta(text, "og:image")) assert.equal(new URL(image).origin, address(site, ""));
    });
  });
}

async function checkFeed(site, path, answer) {
  assert.match(answer.headers["content-type"], /^application\/atom\+xml/);
  const feed = parseXml(answer.text);
  assert.equal(feed.attributes.xmlns, "http://www.w3.org/2005/Atom");
  const of = (node, name) => node.children.filter((c) => c.name === name);
  for (const name of ["id", "title", "updated"]) assert.equal(of(feed, name).length, 1, name);
  assert.ok(of(feed, "link").some((l) => l.attributes.rel === "self" && l.attributes.href === address(site, path)), "the feed names itself");
  const entries = of(feed, "entry");
  assert.ok(entries.length > 0 && entries.length <= 20);
  assert.equal(new Set(entries.map((e) => of(e, "id")[0].text)).size, entries.length);
  const dates = entries.map((e) => Date.parse(of(e, "updated")[0].text));
  assert.deepEqual(dates, dates.toSorted((a, b) => b - a), "newest first");
  for (const entry of entries) assert.ok(of(entry, "title")[0].text && of(entry, "link")[0].attributes.href, path);
  assert.equal((await visit(site, new URL(of(entries[0], "link")[0].attributes.href).pathname)).status, 200);
  assert.ok([...descendants(feed)].length > 5);
}

test("the canonical address comes from the configuration and not from the request", async () => {
  for (const path of ["/breads?utm_source=x", "/breads?after=nonsense"]) {
    const answer = await visit("bakery", path, { headers: { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" } });
    const canonical = all(answer.text, "link").filter((e) => attribute(e, "rel") === "canonical").map((e) => attribute(e, "href"));
    assert.deepEqual(canonical, [address("bakery", "/breads")], path);
  }
});

test("a trailing slash, capitals, double slashes and another encoding redirect to the one address of a page", async () => {
  for (const [from, to] of [["/breads/", "/breads"], ["/BREADS", "/breads"], ["/Breads/?sort=price.asc", "/breads?sort=price.asc"], ["/%62reads", "/breads"], ["/ar/", "/ar"], ["/Journal/pocket-bread-that-puffs/", "/journal/pocket-bread-that-puffs"], ["/ar/%d8%ae%d8%a8%d8%b2%d9%86%d8%a7", "/ar/%D8%AE%D8%A8%D8%B2%D9%86%D8%A7"]]) {
    const answer = await visit("bakery", from);
    assert.deepEqual([answer.status, answer.headers.location], [308, to], from);
    assert.equal((await visit("bakery", to)).status, 200, to);
  }
});

test("a redirect never leaves the site, whatever the path looks like", async () => {
  for (const path of ["//evil.example", "//evil.example/", "/\\evil.example/", "/%2F%2Fevil.example/", "///evil.example/..", "/https://evil.example/", "/.//evil.example/", "/%0d%0aLocation:%20https://evil.example/", "/..%2f..%2fbreads/"]) {
    const { status, headers } = await visit("bakery", path);
    assert.ok(status === 404 || status === 400 || new URL(headers.location ?? "x:", address("bakery", "/")).origin === address("bakery", ""), `${path}: ${status} ${headers.location}`);
  }
});

test("a path that is no page is a 404 and no redirect", async () => {
  for (const path of ["/nothing/", "/NOTHING", "/breads/no-such-bread", "/breads/a/b", "/%ff", "/%00", "/ar/breads", `/${"a".repeat(3_000)}`]) {
    assert.equal((await visit("bakery", path)).status, 404, path);
  }
});

test("Accept-Language never leads to another page", async () => {
  const plain = await visit("bakery", "/");
  for (const language of ["en", "en,ar;q=0.9", "de", "*", "x".repeat(1_000)]) {
    const answer = await visit("bakery", "/", { headers: { "accept-language": language } });
    assert.deepEqual([answer.status, answer.text, answer.headers.etag], [200, plain.text, plain.headers.etag], language);
  }
  for (const [path, language, lang] of [["/", "ar", "en"], ["/ar", "en", "ar"]]) {
    const { status, text } = await visit("bakery", path, { headers: { "accept-language": language } });
    assert.equal(status, 200);
    assert.match(text, new RegExp(`<html lang="${lang}" `));
  }
});
