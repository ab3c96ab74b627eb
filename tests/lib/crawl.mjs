// Walks through a site as a search engine does: from its sitemap and along every link.
import { addressesOf, all, attribute, parseHtml, textOf } from "./html.mjs";
import { parseXml, texts } from "./xml.mjs";

/** The addresses of a site's sitemap, with the parts that its index names. */
export async function readSitemap({ visit }, site) {
  const index = await visit(site, "/sitemap.xml");
  const parts = texts(parseXml(index.text), "loc");
  const paths = [];
  for (const part of parts) {
    const answer = await visit(site, new URL(part).pathname);
    paths.push(...texts(parseXml(answer.text), "loc").map((loc) => new URL(loc).pathname));
  }
  return { index, parts, paths };
}

/**
 * All pages and files of a site: maps from path to what was answered; `see` gets each answer. Addresses with a query string are
 * not followed, because filters and orders of lists multiply; lists.test.mjs follows those.
 */
export async function crawl(world, site, see = () => {}) {
  const origin = world.address(site, "");
  const { paths } = await readSitemap(world, site);
  const [pages, files] = [new Map(), new Map()];
  const waiting = [];
  const seen = new Set();
  const want = (path, from) => {
    if (seen.has(path)) return;
    seen.add(path);
    waiting.push({ path, from });
  };
  for (const path of ["/", ...paths]) want(path, "sitemap");
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { path, from } = next;
      const isPicture = /^\/-\/file\//.test(path);
      const answer = await world.visit(site, path, { method: isPicture ? "HEAD" : "GET" });
      await see(path, answer);
      const type = answer.headers["content-type"] ?? "";
      if (type.startsWith("text/html")) {
        const page = { status: answer.status, from, ...factsOf(answer.text, origin + path, origin) };
        pages.set(path, page);
        for (const link of page.links) if (!link.search) want(link.pathname, path);
      } else {
        files.set(path, { status: answer.status, from, type, headers: answer.headers });
        if (type.startsWith("text/css")) {
          for (const [, url] of answer.text.matchAll(/url\("?([^")]+)"?\)/g)) if (url.startsWith("/")) want(url, path);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
  return { pages, files, origin };
}

/** What the tests ask of a page: a thousand trees would not fit into memory. */
function factsOf(text, address, origin) {
  const { document, errors } = parseHtml(text);
  const found = all(document);
  const named = (name) => found.filter((e) => e.tagName === name);
  const meta = (name) => named("meta").filter((e) => attribute(e, "name") === name).map((e) => attribute(e, "content"));
  const scripts = named("script").map((e) => ({ type: attribute(e, "type"), src: attribute(e, "src"), text: textOf(e) }));
  const urls = found.flatMap(addressesOf).map((value) => new URL(value, address));
  const alternates = named("link").filter((e) => attribute(e, "hreflang"));
  return {
    errors,
    scripts,
    lang: attribute(named("html")[0], "lang"),
    titles: named("head").flatMap((head) => all(head, "title")).map(textOf),
    descriptions: meta("description"),
    robots: meta("robots").join(),
    headings: found.filter((e) => /^h[1-6]$/.test(e.tagName)).map((e) => Number(e.tagName[1])),
    canonicals: named("link").filter((e) => attribute(e, "rel") === "canonical").map((e) => attribute(e, "href")),
    alternates: alternates.map((e) => [attribute(e, "hreflang"), attribute(e, "href")]),
    handlers: found.flatMap((e) => e.attrs.filter((a) => /^on|^style$/.test(a.name)).map((a) => `${e.tagName} ${a.name}`)),
    pictures: named("img").filter((e) => attribute(e, "alt") === undefined || !attribute(e, "width") || !attribute(e, "height")),
    ids: found.map((e) => attribute(e, "id")).filter((id) => id !== undefined),
    links: urls.filter((url) => url.origin === origin),
    foreign: urls.filter((url) => url.origin !== origin).map(String),
    bytes: text.length,
  };
}
