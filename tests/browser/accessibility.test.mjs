// axe-core on every kind of page of every site: narrow and wide, light and dark.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axeSource, eachOf, open, skip, startBrowser } from "../lib/browser.mjs";
import { statusOf, tourOf } from "../lib/tour.mjs";
import { SITES, startWorld } from "../lib/world.mjs";

const world = skip ? undefined : await startWorld();
const browser = await startBrowser();
const axe = skip ? "" : await axeSource();

/** Colours are all that differs in the dark. */
const LOOKS = [
  { width: 1280, colorScheme: "light" },
  { width: 320, colorScheme: "light" },
  { width: 1280, colorScheme: "dark", rules: ["color-contrast", "link-in-text-block"] },
  { width: 320, colorScheme: "dark", rules: ["color-contrast", "link-in-text-block"] },
];

for (const site of SITES) {
  test(`axe finds nothing on ${site}, narrow and wide, light and dark`, { skip, timeout: 120_000 }, async () => {
    // The pages' policy forbids scripts, which keeps axe out as well; the other tests run under the policy.
    const context = await browser.newContext({ bypassCSP: true, reducedMotion: "reduce" });
    const found = [];
    await eachOf(Object.entries(await tourOf(world, site)), async ([kind, path]) => {
      const page = await context.newPage();
      await open(page, world.address(site, path), { status: statusOf(kind) });
      await page.evaluate(axe);
      for (const { width, colorScheme, rules } of LOOKS) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme });
        const options = { resultTypes: ["violations"], ...(rules && { runOnly: { type: "rule", values: rules } }) };
        const { violations } = await page.evaluate((given) => axe.run(document, given), options);
        for (const { id, nodes } of violations) {
          const [first] = nodes;
          found.push(`${kind} ${width} ${colorScheme} ${path}: ${id} (${nodes.length}): ${first.html.slice(0, 140)} ${first.failureSummary.replace(/\s+/g, " ").slice(0, 200)}`);
        }
      }
      await page.close();
    });
    await context.close();
    assert.equal(found.length, 0, `${found.length} violations:\n${found.join("\n")}`);
  });
}
