// A page on a slow line is shown while it arrives. What is there stays where it is when more comes.
import assert from "node:assert/strict";
import http from "node:http";
import { after, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { LAYOUT_SHIFT, eachOf, layoutShift, open, skip, startBrowser } from "../lib/browser.mjs";
import { statusOf, tourOf } from "../lib/tour.mjs";
import { SITES, startWorld } from "../lib/world.mjs";

const world = skip ? undefined : await startWorld();
const browser = await startBrowser();
const port = skip ? undefined : await startSlowLine();

/** Bytes of a body that arrive in pieces: more than the first screen of any demo page. */
const SHOWN_IN_PIECES = 12_000;

/** Cuts where an element begins, so that no text is cut: a text that grows takes the place it needs. */
function pieces(html) {
  const start = html.indexOf("<body");
  const tags = html.slice(start, start + SHOWN_IN_PIECES).split(/(?=<[a-z])/);
  const out = [html.slice(0, start)];
  for (let at = 0; at < tags.length; at += 4) out.push(tags.slice(at, at + 4).join(""));
  return [...out, html.slice(start + SHOWN_IN_PIECES)];
}

/** Passes everything on as it is, but sends HTML in pieces, each after the browser could draw the one before. */
async function startSlowLine() {
  const server = http.createServer(async (request, response) => {
    const { "accept-encoding": _, ...headers } = request.headers;
    const answer = await world.visit(request.headers.host.split(".")[0], request.url, { method: request.method, headers });
    for (const name of ["content-length", "transfer-encoding", "connection"]) delete answer.headers[name];
    response.writeHead(answer.status, answer.headers);
    if (!answer.headers["content-type"]?.startsWith("text/html")) return response.end(answer.bytes);
    for (const piece of pieces(answer.text)) {
      response.write(piece);
      await wait(25);
    }
    response.end();
  });
  after(() => server.close());
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return server.address().port;
}

for (const site of SITES) {
  describe(site, { skip }, () => {
    for (const width of [320, 1280]) {
      test(`the first screen stays in its place while a page arrives at ${width} px`, { timeout: 120_000 }, async () => {
        const context = await browser.newContext({ viewport: { width, height: 800 } });
        const problems = [];
        await eachOf(Object.entries(await tourOf(world, site)), async ([kind, path]) => {
          const page = await context.newPage();
          await open(page, `http://${site}.localhost:${port}${path}`, { status: statusOf(kind) });
          const { sum, moved } = await page.evaluate(layoutShift);
          if (sum > LAYOUT_SHIFT) problems.push(`${kind}: layout shift ${sum.toFixed(4)}: ${moved}`);
          await page.close();
        });
        await context.close();
        assert.deepEqual(problems, []);
      });
    }
  });
}
