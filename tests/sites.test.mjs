// Every page and file of the demo sites, found as a search engine finds them.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { crawl } from "./lib/crawl.mjs";
import { all, attribute, parseHtml } from "./lib/html.mjs";
import { SITES, startWorld } from "./lib/world.mjs";

const world = await startWorld();

/** Fails with the first few of many. */
function none(found, what) {
  assert.equal(found.length, 0, `${found.length} ${what}:\n${found.slice(0, 8).join("\n")}`);
}

function repeated(values) {
  const seen = new Map();
  for (const [path, value] of values) seen.set(value, [...(seen.get(value) ?? []), path]);
  return [...seen].filter(([, paths]) => paths.length > 1).map(([value, paths]) => `${paths.slice(0, 3).join(" ")}: ${value}`);
}

for (const site of SITES) {
  describe(site, () => {
    let pages, files, good;
    before(async () => {
      ({ pages, files } = await crawl(world, site));
      good = [...pages].filter(([, page]) => page.status === 200);
    });

    test("every page of the sitemap and every linked page and file is there", (t) => {
      t.diagnostic(`${pages.size} pages, ${files.size} files`);
      assert.ok(pages.size > 10 && files.size > 10);
      none([...pages, ...files].filter(([path, { status }]) => status !== 200).map(([path, { status, from }]) => `${status} ${path} linked from ${from}`), "broken links");
    });

    test("every section could be drawn", () => {
      const said = world.logs.splice(0).map(({ level, message }) => `${level}: ${message.slice(0, 200)}`);
      none([...new Set(said)], "lines in the log");
    });

    test("every fragment that a link names is on its page", () => {
      none(good.flatMap(([path, page]) => page.links
        .filter((url) => url.hash && !url.pathname.startsWith("/-/"))
        .filter((url) => pages.has(url.pathname) && !pages.get(url.pathname).ids.includes(decodeURIComponent(url.hash.slice(1))))
        .map((url) => `${path} links to ${url.pathname}${url.hash}`)), "links to fragments that do not exist");
    });

    test("the HTML has no parse error", () => none(good.flatMap(([path, page]) => page.errors.map((error) => `${path}: ${error}`)), "parse errors"));

    test("no page uses an id twice", () => {
      none(good.filter(([, { ids }]) => new Set(ids).size !== ids.length).map(([path, { ids }]) => `${path}: ${ids.filter((id, n) => ids.indexOf(id) !== n)}`), "pages");
    });

    test("every page has one h1 and skips no level of headings", () => {
      none(good.filter(([, { headings }]) => headings.filter((level) => level === 1).length !== 1).map(([path, { headings }]) => `${path}: ${headings}`), "pages without exactly one h1");
      none(good.filter(([, { headings }]) => headings.some((level, n) => n > 0 && level > headings[n - 1] + 1)).map(([path, { headings }]) => `${path}: ${headings}`), "pages that skip a level");
    });

    test("every page has one title and one description, and shares them with no other page", () => {
      const shown = good.filter(([, page]) => !page.robots.includes("noindex"));
      for (const field of ["titles", "descriptions"]) {
        none(shown.filter(([, page]) => page[field].length !== 1 || !page[field][0]?.trim()).map(([path, page]) => `${path}: ${page[field]}`), `pages without one of ${field}`);
        none(repeated(shown.map(([path, page]) => [path, page[field][0]])), `repeated ${field}`);
      }
    });

    test("there is no script but JSON-LD, which parses, and no inline handler or style", () => {
      const scripts = good.flatMap(([path, page]) => page.scripts.map((script) => [path, script]));
      none(scripts.filter(([, s]) => s.type !== "application/ld+json" || s.src).map(([path, s]) => `${path}: ${s.type} ${s.src}`), "scripts");
      for (const [path, script] of scripts) {
        const data = JSON.parse(script.text);
        for (const item of [data].flat()) assert.ok(item["@type"] && item["@context"] === "https://schema.org", `${path}: ${script.text.slice(0, 200)}`);
      }
      none(good.flatMap(([path, page]) => page.handlers.map((handler) => `${path}: ${handler}`)), "inline handlers or styles");
    });

    test("every picture has an alternative text and its size", () => none(good.filter(([, page]) => page.pictures.length).map(([path]) => path), "pages"));

    test("the site has a 404 page of its own, with its header and footer", async () => {
      const answer = await world.visit(site, "/no-such-page");
      assert.equal(answer.status, 404);
      const { document, errors } = parseHtml(answer.text);
      assert.deepEqual(errors, []);
      for (const name of ["header", "footer", "h1"]) assert.equal(all(document, name).length, 1, name);
      assert.ok(all(document, "meta").some((e) => attribute(e, "name") === "robots" && /noindex/.test(attribute(e, "content"))));
    });
  });
}
