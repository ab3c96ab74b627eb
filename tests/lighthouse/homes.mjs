// Lighthouse on the home pages of the demo sites, on a phone and a desktop as Lighthouse imagines them. Performance is timed, so
// this is a long run (`cargo xtask soak --only lighthouse`) and its median of RUNS counts; the rest has to hold every time.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";
import { executablePath, FLAGS, skip } from "../lib/browser.mjs";
import { startWorld } from "../lib/world.mjs";

const RUNS = 3;
const LEAST = 98;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const HOMES = [["agency", "/"], ["bakery", "/"], ["bakery", "/ar"], ["magazine", "/"], ["school", "/"], ["shop", "/"]];
const PRESETS = { phone: undefined, desktop: desktopConfig };

assert.ok(!skip, `Lighthouse needs a browser: ${skip}`);
const world = await startWorld({ vars: { ENVIRONMENT: "production" } });
const chrome = await launch({ chromePath: executablePath, chromeFlags: [...FLAGS, "--headless=new"] });
after(() => chrome.kill());

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** A run; one that Lighthouse could not record says so and is repeated. */
async function run(address, preset, attempts = 3) {
  const { lhr } = await lighthouse(address, { port: chrome.port, logLevel: "error", onlyCategories: CATEGORIES }, PRESETS[preset]);
  if (!lhr.runtimeError) return lhr;
  if (attempts === 1) throw new Error(`${address}: ${lhr.runtimeError.message}`);
  return run(address, preset, attempts - 1);
}

/** What one run says. */
async function measure(address, preset) {
  const lhr = await run(address, preset);
  const requests = lhr.audits["network-requests"].details.items;
  const bytes = (wanted) => requests.filter(wanted).reduce((sum, { transferSize }) => sum + transferSize, 0);
  const imperfect = CATEGORIES.flatMap((name) => lhr.categories[name].auditRefs
    .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9)
    .map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? ""}`.trim()));
  return {
    scores: CATEGORIES.map((name) => Math.round(lhr.categories[name].score * 100)),
    paint: lhr.audits["largest-contentful-paint"].numericValue,
    shift: lhr.audits["cumulative-layout-shift"].numericValue,
    script: bytes(({ resourceType }) => resourceType === "Script"),
    all: bytes(() => true),
    imperfect,
  };
}

for (const [site, path] of HOMES) {
  for (const preset of Object.keys(PRESETS)) {
    test(`the home page ${site}${path} on a ${preset}`, async (t) => {
      const runs = [];
      while (runs.length < RUNS) runs.push(await measure(world.address(site, path), preset));
      const scores = CATEGORIES.map((_, n) => (n === 0 ? median(runs.map((run) => run.scores[n])) : Math.min(...runs.map((run) => run.scores[n]))));
      const worst = (name) => Math.max(...runs.map((run) => run[name]));
      const paint = median(runs.map((run) => run.paint));
      console.log(`soak: | ${site}${path}, ${preset} | ${scores.join(" | ")} | ${(paint / 1000).toFixed(2)} | ${worst("shift")} | ${worst("script")} | ${Math.round(worst("all") / 1000)} |`);
      const imperfect = [...new Set(runs.flatMap((run) => run.imperfect))].join("; ");
      if (imperfect) t.diagnostic(imperfect);
      assert.ok(scores.every((score) => score >= LEAST), `${CATEGORIES.map((name, n) => `${name} ${scores[n]}`).join(", ")}: ${imperfect}`);
      assert.deepEqual([worst("shift"), worst("script")], [0, 0], "layout shift, bytes of JavaScript");
    });
  }
}
