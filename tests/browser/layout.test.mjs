// What a browser does with the pages: it loads nothing from elsewhere, runs nothing, moves nothing, and cuts nothing off.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LAYOUT_SHIFT, eachOf, layoutShift, open, skip, startBrowser } from "../lib/browser.mjs";
import { statusOf, tourOf } from "../lib/tour.mjs";
import { SITES, startWorld } from "../lib/world.mjs";

const world = skip ? undefined : await startWorld();
const browser = await startBrowser();

/** What stands out of the page to the right or left, the smallest elements that do. */
function overflowing() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const out = [...document.querySelectorAll("body *")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && (box.right > width + 1 || box.left < -1);
  });
  return out.slice(-3).map((e) => `${e.tagName.toLowerCase()}.${e.className}: ${Math.round(e.getBoundingClientRect().left)} to ${Math.round(e.getBoundingClientRect().right)} of ${width}`);
}

async function scrollThrough() {
  for (let y = 0; y < document.body.scrollHeight; y += 700) {
    scrollTo(0, y);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

for (const site of SITES) {
  describe(site, { skip }, () => {
    for (const width of [320, 1280]) {
      test(`pages are at rest, complete and by themselves at ${width} px`, { timeout: 120_000 }, async () => {
        const context = await browser.newContext({ viewport: { width, height: 800 } });
        const problems = [];
        await eachOf(Object.entries(await tourOf(world, site)), async ([kind, path]) => {
          const page = await context.newPage();
          const origin = world.address(site, "");
          page.on("request", (request) => {
            const url = request.url();
            if (!url.startsWith(`${origin}/`)) problems.push(`${kind}: a request to ${url}`);
            if (request.resourceType() === "script" || /\.m?js(\?|$)/.test(url)) problems.push(`${kind}: JavaScript ${url}`);
          });
          page.on("response", (response) => {
            if (response.status() >= 400 && response.url() !== `${origin}${path}`) problems.push(`${kind}: ${response.status()} ${response.url()}`);
          });
          page.on("console", (message) => {
            if (["error", "warning"].includes(message.type()) && !/status of 404/.test(message.text())) problems.push(`${kind}: console: ${message.text().slice(0, 200)}`);
          });
          await open(page, `${origin}${path}`, { status: statusOf(kind) });
          await page.evaluate(scrollThrough);
          const { sum, moved } = await page.evaluate(layoutShift);
          if (sum > LAYOUT_SHIFT) problems.push(`${kind}: layout shift ${sum.toFixed(4)}: ${moved}`);
          for (const what of await page.evaluate(overflowing)) problems.push(`${kind}: stands out: ${what}`);
          await page.close();
        });
        await context.close();
        assert.equal(problems.length, 0, problems.join("\n"));
      });
    }

    test("pages work without JavaScript as they do with it", async () => {
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await open(page, world.address(site, "/"));
      assert.ok(await page.locator("h1").isVisible());
      await context.close();
    });
  });
}

test("a wide table fits onto paper, and columns stand below each other where there is no room", { skip, timeout: 60_000 }, async () => {
  const context = await browser.newContext({ viewport: { width: 680, height: 1000 }, bypassCSP: true });
  const page = await context.newPage();
  await open(page, world.address("agency", "/"));
  const css = await page.evaluate(() => document.querySelector("link[rel=stylesheet]").getAttribute("href"));
  // A style sheet has the CSS of the components that its name says: all of them.
  await page.evaluate((href) => new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve, onerror: reject });
    document.head.append(link);
  }), css.replace(/-[0-9a-f]+\.css$/, `-${"f".repeat(16)}.css`));
  await page.evaluate(() => {
    const row = (tag) => `<tr>${`<${tag}>a word or two</${tag}>`.repeat(12)}</tr>`;
    const table = `<table><thead>${row("th")}</thead><tbody>${row("td")}</tbody></table>`;
    const columns = `<section class="columns"><div class="column-grid w-1-1">${"<div><p>word</p></div>".repeat(2)}</div></section>`;
    document.querySelector("main").innerHTML = `<section class="rich-text"><div class="prose">${table}</div></section>
      <section class="table"><div class="table-scroll">${table}</div></section>
      ${columns}<section class="grid"><div class="grid-items small">${columns}</div></section>`;
  });
  await page.emulateMedia({ media: "print" });
  assert.deepEqual(await page.evaluate(overflowing), []);
  await page.emulateMedia({ media: "screen" });
  await page.setViewportSize({ width: 1280, height: 1000 });
  const beside = await page.evaluate(() => [...document.querySelectorAll(".column-grid")].map(({ children: [a, b] }) => a.offsetTop === b.offsetTop));
  assert.deepEqual(beside, [true, false], "in the page, in a small place of a grid");
  await context.close();
});
