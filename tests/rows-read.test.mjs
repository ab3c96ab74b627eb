// What D1 bills: a list, a record or a search reads the rows that it shows and a handful more, however many there are.
// ROWS sets how many (`cargo xtask soak --only rows`: 1,000,000) and has the figures written for the record.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { all, attribute } from "./lib/html.mjs";
import { startWorld } from "./lib/world.mjs";

const ROWS = Number(process.env.ROWS ?? 20_000);
/** Rows that a query may read beyond those of its page. */
const SPARE = 5;
const world = await startWorld({ front: "recording.mjs" });
const SITE = "magazine";
const SCOPE = `s${Buffer.from(SITE).toString("hex")}x${Buffer.from("en").toString("hex")}`;
const SEPARATOR = "\u001f";

/** Fills the tables with articles of one author and topic, each second one tagged; the words are in every text. */
async function fill() {
  const { DB } = await world.bindings();
  const [sample] = (await DB.prepare("SELECT fields FROM entity_lists WHERE site_id = ?1 AND list = ?2 LIMIT 1").bind(SITE, ["post", "en", "newest"].join(SEPARATOR)).all()).results;
  const numbers = "WITH RECURSIVE n(i) AS (SELECT CAST(?1 AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2)";
  const date = "strftime('%Y-%m-%dT%H:%M:%SZ', 1500000000 + i * 60, 'unixepoch')";
  for (let from = 0; from < ROWS; from += 20_000) {
    const to = Math.min(from + 20_000, ROWS);
    const list = (name) => DB.prepare(`${numbers} INSERT INTO entity_lists (site_id, list, sort, entity_id, slug, published_at, fields) SELECT ?3, ?4, ${date}, 'x-' || i, 'x-' || i, ${date}, ?5 FROM n`).bind(from, to, SITE, name.join(SEPARATOR), sample.fields);
    await DB.batch([
      list(["post", "en", "newest"]),
      list(["post", "en", "by-topic-newest", "harbours"]),
      DB.prepare(`${numbers} INSERT INTO entities (site_id, id, kind, locale, group_id, slug, title, status, data, published_at, created_at, updated_at, seq) SELECT ?3, 'x-' || i, 'post', 'en', 'x-' || i, 'x-' || i, 'Number ' || i, 'published', ?4, ${date}, ${date}, ${date}, 100000 + i FROM n`).bind(from, to, SITE, sample.fields),
      DB.prepare(`${numbers} INSERT INTO search (rowid, scope, title, body, path, summary) SELECT 2000000000 * 1048576 + i, ?3, CASE i % 2 WHEN 0 THEN 'Number in quillwort' ELSE 'Number' END, 'The frequentword of ' || CASE i WHEN 777 THEN 'rarissimum' ELSE 'others' END, '/news/x-' || i, '' FROM n`).bind(from, to, SCOPE),
    ]);
  }
}

/** The statements that a request sends to D1. */
async function statementsOf(path) {
  await world.visit("recorder.test", "/");
  const answer = await world.visit(SITE, path);
  assert.equal(answer.status, 200, path);
  return { text: answer.text, statements: JSON.parse((await world.visit("recorder.test", "/")).text) };
}

/** Asserts that no statement of a page reads more than it shows; answers with the page. */
async function check(t, what, path, wanted) {
  const { text, statements } = await statementsOf(path);
  assert.ok(statements.length > 0, `${path} asks D1`);
  const worst = statements.reduce((a, b) => (a.rowsRead > b.rowsRead ? a : b));
  const read = statements.map((s) => s.rowsRead).join(" + ");
  t.diagnostic(`${what} (${path}): ${read} rows read, page size ${wanted}`);
  if (process.env.ROWS) console.log(`soak: | ${what} | \`${path}\` | ${read} | ${wanted} |`);
  assert.ok(worst.rowsRead <= wanted + SPARE, `${what} reads ${worst.rowsRead} rows for a page of ${wanted}: ${worst.sql} ${JSON.stringify(worst.args)}`);
  return text;
}

const link = (text, rel) => attribute(all(text, "a").find((a) => attribute(a, "rel") === rel) ?? assert.fail(`no ${rel} link`), "href");

before(fill);

test("a list, forwards and backwards", async (t) => {
  let text = await check(t, "first page", "/news", 20);
  for (let n = 0; n < 3; n++) text = await check(t, "forwards", link(text, "next"), 20);
  for (let n = 0; n < 2; n++) text = await check(t, "backwards", link(text, "prev"), 20);
});

test("a list far inside of the table", async (t) => {
  const middle = new Date((1_500_000_000 + Math.floor(ROWS / 2) * 60) * 1_000).toISOString().replace(".000", "");
  const { text } = await statementsOf("/news");
  const cursor = new URL(link(text, "next"), "http://x").searchParams.get("after");
  const at = cursor.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, middle);
  assert.notEqual(at, cursor, `the cursor ${cursor} holds a time`);
  const inside = await check(t, "forwards from the middle", `/news?after=${encodeURIComponent(at)}`, 20);
  await check(t, "backwards from the middle", link(inside, "prev"), 20);
});

test("a filtered list", async (t) => {
  const text = await check(t, "first page", "/news?topic=harbours", 20);
  await check(t, "forwards", link(text, "next"), 20);
});

test("a record and what is related to it", async (t) => {
  await check(t, "detail", `/news/x-${Math.floor(ROWS / 2)}`, 6);
});

test("a search for a word of every text, of every second title, of one text, and of none", async (t) => {
  for (const [what, words] of [["every text", "frequentword"], ["every second title", "quillwort"], ["both", "number frequentword"], ["one text", "rarissimum"], ["none", "nonesuchword"], ["a beginning", "freq"]]) {
    const text = await check(t, `search for a word of ${what}`, `/search?q=${encodeURIComponent(words)}`, 20);
    const next = all(text, "a").find((a) => attribute(a, "rel") === "next");
    if (next) await check(t, "its second page", attribute(next, "href"), 20);
  }
});

test("a part of the sitemap, the index and the feed", async (t) => {
  await check(t, "sitemap", "/sitemap/post-1.xml", 1_000);
  await check(t, "index", "/sitemap.xml", 2);
  await check(t, "feed", "/feed/post.xml", 20);
});
