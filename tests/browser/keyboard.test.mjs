// Sites are used with the keyboard alone.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { open, skip, startBrowser } from "../lib/browser.mjs";
import { SITES, startWorld } from "../lib/world.mjs";

const world = skip ? undefined : await startWorld();
const browser = await startBrowser();

async function openHome(site, width) {
  const context = await browser.newContext({ viewport: { width, height: 800 } });
  const page = await context.newPage();
  return open(page, world.address(site, "/"));
}

/** Where the focus is, once what moves on focus has come to rest. */
const focused = (page) => page.evaluate(async () => {
  await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
  const e = document.activeElement;
  const { width, height, top, left } = e.getBoundingClientRect();
  // The link of a card may mark the whole card: through its own pseudo-elements, or an element around it.
  const marked = (style) => style.outlineStyle !== "none" || style.boxShadow !== "none";
  const around = [e.parentElement, e.closest("li, article, details")].filter(Boolean);
  const styles = [getComputedStyle(e), getComputedStyle(e, "::before"), getComputedStyle(e, "::after"), ...around.map((one) => getComputedStyle(one))];
  return { tag: e.tagName, href: e.getAttribute("href"), text: e.textContent.trim().slice(0, 40), visible: width > 1 && height > 1 && top + height > 0 && left + width > 0, marked: styles.some(marked) };
});

for (const site of SITES) {
  describe(site, { skip }, () => {
    test("the first stop is a visible link that skips to the content", async () => {
      const page = await openHome(site, 1280);
      await page.keyboard.press("Tab");
      const first = await focused(page);
      assert.deepEqual([first.tag, first.href, first.visible], ["A", "#main", true]);
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      const inside = await page.evaluate(() => document.querySelector("main").contains(document.activeElement));
      assert.ok(inside, "the next stop is in the content");
      await page.context().close();
    });

    test("the menu of a phone opens and closes with the keyboard and leads somewhere", async () => {
      const page = await openHome(site, 320);
      let opened = false;
      for (let stops = 0; stops < 12 && !opened; stops++) {
        await page.keyboard.press("Tab");
        const at = await focused(page);
        if (at.tag !== "SUMMARY" && at.tag !== "BUTTON") continue;
        const shown = () => page.locator("header a:visible, header nav a:visible").count();
        const before = await shown();
        await page.keyboard.press("Enter");
        opened = (await shown()) > before;
        if (!opened) continue;
        await page.keyboard.press("Tab");
        assert.equal((await focused(page)).visible, true, "the first link of the menu");
        await page.keyboard.press("Shift+Tab");
        await page.keyboard.press("Enter");
        assert.equal(await shown(), before, "and it closes again");
      }
      assert.ok(opened, "something that opens the menu comes within twelve stops");
      await page.context().close();
    });

    test("every stop of the page can be seen and is marked", async () => {
      for (const width of [320, 1280]) {
        const page = await openHome(site, width);
        for (let stops = 0; stops < 40; stops++) {
          await page.keyboard.press("Tab");
          const at = await focused(page);
          if (at.tag === "BODY") break;
          assert.ok(at.visible, `${width} px, stop ${stops + 1}: ${at.tag} ${at.href} ${at.text} cannot be seen`);
          assert.ok(at.marked, `${width} px, stop ${stops + 1}: ${at.tag} ${at.href} ${at.text} shows no focus`);
        }
        await page.context().close();
      }
    });
  });
}
