// Texts as nobody expects them: words and tables that are wider than a phone break, wrap or scroll, and the page stays as wide as the screen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open, skip, startBrowser } from "../lib/browser.mjs";
import { startWorld } from "../lib/world.mjs";

const world = skip ? undefined : await startWorld();
const browser = await startBrowser();

const WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
const LINK = { label: WORD, href: "/" };
const table = `<table><tr>${`<td>${WORD}</td>`.repeat(9)}</tr></table>`;
const rich = `<h2>${WORD}</h2><p>${WORD} <code>${WORD}</code></p><pre><code>${WORD} ${WORD}</code></pre>${table}`;
const entry = { title: WORD, text: WORD };

const SECTIONS = [
  ["header", { brand: WORD, home: "/", links: [LINK, LINK], action: LINK }],
  ...["hero", "hero:split", "hero:cover", "hero:minimal"].map((name) => [name, { title: WORD, eyebrow: WORD, text: WORD, actions: [LINK], facts: [{ value: WORD, label: WORD }] }]),
  ["rich-text", { html: rich }], ["html", { html: rich }], ["tabs", { tabs: [{ label: WORD, html: rich }] }], ["faq", { items: [{ question: WORD, answer: rich }] }],
  ["form", { name: "a", submit: WORD, privacy: rich, fields: [{ kind: "text", name: "a", label: WORD, help: WORD }] }],
  ...["features", "features:cards", "features:list", "steps"].map((name) => [name, { title: WORD, intro: WORD, items: [entry] }]),
  ["stats", { items: [{ value: WORD, label: WORD }] }], ["testimonials", { items: [{ quote: WORD, name: WORD, role: WORD }] }],
  ["team", { people: [{ name: WORD, role: WORD, links: [LINK] }] }], ["pricing", { plans: [{ name: WORD, price: WORD, badge: WORD, features: [WORD] }] }],
  ...["cta", "cta:split", "cta:band"].map((name) => [name, { title: WORD, text: WORD, actions: [LINK] }]),
  ["banner", { text: WORD, link: LINK, kind: "info" }], ["contact", { address: [WORD], hours: [{ days: WORD, time: WORD }], phone: WORD, email: WORD }],
  ["breadcrumb", { items: [LINK] }], ["pagination", { previous: LINK, next: LINK }], ["quote", { quote: WORD, source: WORD }],
  ["table", { columns: [{ label: WORD, align: "start" }], rows: [[WORD]] }], ["code", { code: WORD.repeat(3), language: WORD, caption: WORD }],
  ["footer", { text: rich, copyright: WORD, columns: [{ title: WORD, links: [LINK] }], legal: [LINK], social: [{ network: WORD, href: "/" }] }],
];

/** Puts a page with these sections at `/` of a host of its own, on a site like the agency's. */
async function publish(host, sections) {
  const { KV } = await world.bindings();
  const record = JSON.parse(await KV.get("host/agency.localhost"));
  const page = { v: 1, id: "words", locale: "en", title: "Words", description: "Words", sections: sections.map(([component, props]) => ({ component, props })) };
  const hash = "0123456789abcdef01234567";
  await KV.put(`page/${record.site}/${hash}`, JSON.stringify(page));
  record.primary = `${host}.localhost`;
  const routes = { exact: { "/": { page: hash, locale: "en", group: "words" } }, shards: null, patterns: [] };
  Object.assign(record.content, { frame: {}, routes });
  await KV.put(`host/${record.primary}`, JSON.stringify(record));
}

test("a word that is wider than the screen breaks in every component, also at twice the size", { skip }, async () => {
  await publish("words", SECTIONS);
  const problems = [];
  for (const width of [320, 768, 1280]) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, bypassCSP: true });
    const page = await open(await context.newPage(), world.address("words", "/"));
    assert.equal(await page.locator("main > *, .header, .footer").count(), SECTIONS.length, "all sections are drawn");
    for (const size of ["100%", "200%"]) {
      await page.evaluate((size) => document.documentElement.style.setProperty("font-size", size, "important"), size);
      const out = await page.evaluate(() => {
        const width = document.documentElement.clientWidth;
        const wide = [...document.querySelectorAll("main > *, .header, .footer")].filter((e) => e.scrollWidth > width);
        return document.documentElement.scrollWidth > width ? ["the page", ...wide.map((e) => e.className)] : [];
      });
      if (out.length > 0) problems.push(`${width} px, ${size}: ${out.join(", ")}`);
    }
    await context.close();
  }
  assert.deepEqual(problems, []);
});
