// A browser for the tests, where there is one.
import { access, readFile } from "node:fs/promises";
import { after } from "node:test";
import { chromium } from "playwright-core";
import { createRequire } from "node:module";

const USUAL = [
  "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable", "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe", "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

async function find() {
  for (const path of process.env.CHROMIUM ? [process.env.CHROMIUM] : USUAL) {
    if (await access(path).then(() => true, () => false)) return path;
  }
  return undefined;
}

export const executablePath = await find();

export const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Why the browser tests are skipped; `false` where they run. */
export const skip = executablePath ? false : `no Chromium found (${process.env.CHROMIUM ? `CHROMIUM=${process.env.CHROMIUM}` : "set CHROMIUM to its path"})`;

/** Starts a browser that ends with the test file. */
export async function startBrowser() {
  if (skip) return undefined;
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  after(() => browser.close());
  return browser;
}

export const axeSource = () => readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Opens an address and makes sure that it is the page that was meant: an apology has no faults to find. */
export async function open(page, address, { status = 200, waitUntil = "load" } = {}) {
  const response = await page.goto(address, { waitUntil });
  if (response.status() !== status) throw new Error(`${address} answered ${response.status()} instead of ${status}`);
  return page;
}

/** Does something for each item, two at a time. */
export async function eachOf(items, work) {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

/**
 * How much layout shift is borne: half of what counts as good (0.1, https://web.dev/articles/cls). A browser may draw a page
 * of which not all has arrived, and a grid whose columns depend on how many entries come then settles.
 */
export const LAYOUT_SHIFT = 0.05;

/** In a page: the sum of its layout shifts so far, and what moved. */
export function layoutShift() {
  let sum = 0;
  const moved = [];
  const rect = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      sum += entry.value;
      moved.push(...entry.sources.map((s) => `${s.node?.nodeName}.${s.node?.className} from ${rect(s.previousRect)} to ${rect(s.currentRect)}`));
    }
  }).observe({ type: "layout-shift", buffered: true });
  return new Promise((resolve) => setTimeout(() => resolve({ sum, moved: moved.slice(0, 8).join(", ") }), 150));
}
