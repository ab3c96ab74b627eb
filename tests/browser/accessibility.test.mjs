// axe-core on every kind of page of every site: narrow and wide, light and dark.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { axeSource, skip, startBrowser } from "../lib/browser.mjs";
import { tourOf } from "../lib/tour.mjs";
import { SITES, startWorld } from "../lib/world.mjs";

const world = skip ? undefined : await startWorld();
const browser = await startBrowser();
const axe = skip ? "" : await axeSource();

for (const site of SITES) {
  describe(site, { skip }, () => {
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [320, 1280]) {
        test(`axe finds nothing at ${width} px, ${colorScheme}`, { timeout: 120_000 }, async () => {
          // The pages' policy forbids scripts, which keeps axe out as well; the other tests run under the policy.
          const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, bypassCSP: true, reducedMotion: "reduce" });
          const found = [];
          for (const [kind, path] of Object.entries(await tourOf(world, site))) {
            const page = await context.newPage();
            await page.goto(world.address(site, path), { waitUntil: "load" });
            await page.evaluate(axe);
            const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
            for (const { id, nodes } of violations) {
              const [first] = nodes;
              found.push(`${kind} ${path}: ${id} (${nodes.length}): ${first.html.slice(0, 140)} ${first.failureSummary.replace(/\s+/g, " ").slice(0, 200)}`);
            }
            await page.close();
          }
          await context.close();
          assert.equal(found.length, 0, `${found.length} violations:\n${found.join("\n")}`);
        });
      }
    }
  });
}
