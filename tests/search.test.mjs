// Full-text search as a visitor uses it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, attribute, hasClass, textOf } from "./lib/html.mjs";
import { resultsOf, followPages } from "./lib/lists.mjs";
import { startWorld } from "./lib/world.mjs";

const world = await startWorld();
const { visit } = world;
const find = async (site, words, path = "/search") => {
  const answer = await visit(site, `${path}?q=${encodeURIComponent(words)}`);
  assert.equal(answer.status, 200, words);
  return { ...answer, text: answer.text, found: resultsOf(answer.text) };
};

test("words of a title and of a text find their page, the title first", async () => {
  assert.ok((await find("bakery", "cardamom bun")).found.includes("/breads/cardamom-bun"));
  assert.equal((await find("bakery", "Altona Country Sourdough")).found[0], "/breads/altona-country-sourdough");
  assert.ok((await find("agency", "skippers wheelhouse")).found.includes("/projects/skerry-line-timetable"));
});

test("capitals, accents and the order of words do not matter, and a beginning of a word is enough", async () => {
  const { found } = await find("bakery", "cardamom bun");
  for (const words of ["CARDAMOM BUN", "càrdamom bun", "  cardamom   bun  "]) assert.deepEqual((await find("bakery", words)).found, found, words);
  for (const words of ["bun cardamom", "cardam", "buns card"]) assert.ok((await find("bakery", words)).found.includes(words === "buns card" ? "/journal/cardamom-buns-at-home" : "/breads/cardamom-bun"), words);
});

test("each language searches its own pages", async () => {
  const arabic = await find("bakery", "خبز", "/ar/بحث".split("/").map(encodeURIComponent).join("/"));
  assert.ok(arabic.found.length > 0);
  for (const path of arabic.found) assert.match(path, /^\/ar(\/|$)/);
  assert.ok((await find("bakery", "bread")).found.every((path) => !path.startsWith("/ar")));
});

test("nothing of another site is found", async () => {
  for (const words of ["ferry", "bread", "laptop", "timetable"]) {
    for (const path of (await find("school", words)).found) assert.equal((await visit("school", path)).status, 200, path);
  }
  assert.deepEqual((await find("school", "Northlight")).found, []);
  assert.deepEqual((await find("school", "s6167656e6379x656e")).found, [], "the word that keeps sites apart is no word to search for");
});

test("operators of the search engine are words like any others", async () => {
  const harmful = ['"', '""', '"unclosed', "bread OR 1", "bread NOT loaf", "NEAR(bread loaf)", "title:bread", "scope:x", "scope : s6167656e6379x656e", "{title body}: x", "bread*", "*", "^bread", "(", ")", "bread) OR (scope:s6167656e6379x656e", "-bread", "+", "bread AND", "AND", "'; DROP TABLE search; --", "%", "_", "\\", "\u0000", "🍞", "a".repeat(5_000), "bread ".repeat(500), "<script>alert(1)</script>", '" OR scope : "s6167656e6379x656e'];
  for (const words of harmful) {
    const { found, text } = await find("bakery", words);
    assert.doesNotMatch(text, /<script>alert|Northlight/, words);
    assert.ok(found.every((path) => !path.startsWith("/projects")), words);
  }
  assert.ok((await find("bakery", "bread")).found.length > 0, "the table is still there");
});

test("what was searched for stands in the field again, as text", async () => {
  const words = `"><img src=x onerror=alert(1)> & 'quoted'`;
  const { text } = await find("bakery", words);
  const fields = all(text, "input").filter((e) => attribute(e, "name") === "q");
  assert.ok(fields.length > 0 && fields.some((e) => attribute(e, "value") === words));
  assert.equal(all(text, "img").filter((e) => attribute(e, "onerror") !== undefined).length, 0);
});

test("an empty search and one without hits say so and are no error", async () => {
  for (const words of ["", "   ", "xyzzyplugh"]) assert.deepEqual((await find("bakery", words)).found, []);
  const { text } = await find("bakery", "xyzzyplugh");
  assert.ok(all(text).some((e) => hasClass(e, "notice") && textOf(e).trim()));
  assert.equal((await visit("bakery", "/search")).status, 200);
});

test("the pages of a long result hold every hit once", async (t) => {
  const pages = await followPages(world, "magazine", "/search?q=harbour", "next", resultsOf);
  const found = pages.flatMap((page) => page.entries);
  t.diagnostic(`${found.length} hits on ${pages.length} pages`);
  assert.ok(pages.length > 3);
  assert.equal(new Set(found).size, found.length);
  assert.ok(pages.slice(0, -1).every((page) => page.entries.length === pages[0].entries.length));
});

test("results are not indexed", async () => {
  const { text } = await find("bakery", "bread");
  assert.ok(all(text, "meta").some((e) => attribute(e, "name") === "robots" && attribute(e, "content").includes("noindex")));
});
