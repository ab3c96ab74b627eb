// Lists and search results as a visitor sees them: entries, choices, and the way to the next page.
import assert from "node:assert/strict";
import { all, attribute, elements, hasClass, textOf } from "./html.mjs";

const LISTS = ["entity-list", "product-list", "blog-list"];

/** Links below a node, without those below nodes of some classes. */
function* linksBelow(node, without) {
  if (node.tagName && without.some((name) => hasClass(node, name))) return;
  if (node.tagName === "a") yield node;
  for (const child of node.childNodes ?? []) yield* linksBelow(child, without);
}

function href(a) {
  return attribute(a, "href");
}

/** The list of a page that can be filtered, ordered or leafed through; `undefined` where there is none. */
export function listOf(text) {
  const section = all(text, "section").find((e) => LISTS.some((name) => hasClass(e, name)) && all(e).some((below) => hasClass(below, "controls") || hasClass(below, "pager")));
  if (!section) return undefined;
  const groups = all(section, "nav").filter((nav) => !hasClass(nav, "pager"));
  return {
    entries: [...new Set([...linksBelow(section, ["controls", "pager", "more", "section-head"])].map(href))],
    choices: groups.map((nav) => all(nav, "a").map((a) => ({ href: href(a), label: textOf(a), current: attribute(a, "aria-current") === "true" }))),
    notices: all(section, "p").filter((p) => hasClass(p, "notice")).map(textOf),
  };
}

/** The addresses of the hits on a page of search results. */
export function resultsOf(text) {
  const list = all(text, "ol").find((e) => hasClass(e, "hits"));
  return list ? [...new Set([...elements(list)].filter((e) => e.tagName === "a").map(href))] : [];
}

/** Follows `rel` ("next" or "prev") from page to page and gives the entries of each. */
export async function followPages({ visit }, site, from, rel, entriesOf = (text) => listOf(text)?.entries ?? []) {
  const pages = [];
  for (let path = from; path; ) {
    assert.ok(pages.length < 2_000, `${from} never ends`);
    const answer = await visit(site, path);
    assert.equal(answer.status, 200, path);
    const text = answer.text;
    pages.push({ path, entries: entriesOf(text) });
    const next = all(text, "a").find((a) => attribute(a, "rel") === rel);
    path = next && href(next);
  }
  return pages;
}
