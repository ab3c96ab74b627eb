// The Nu HTML checker over every page and style sheet of the demo sites and over the platform's own pages. It is a Java
// program: one run for all files.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { crawl } from "./lib/crawl.mjs";
import { listOf } from "./lib/lists.mjs";
import { ROOT } from "./lib/paths.mjs";
import { statusOf, tourOf } from "./lib/tour.mjs";
import { SITES, startWorld } from "./lib/world.mjs";

/** Where the checker lies, or why it cannot run. */
function findChecker() {
  let jar;
  try {
    jar = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");
  } catch {
    return { skip: "the npm packages of tests/ are missing (`cargo xtask test` installs them)" };
  }
  const { error, status, stderr } = spawnSync("java", ["-jar", jar, "--version"], { encoding: "utf8" });
  if (error) return { skip: "no Java found (install Java 17 or newer and put `java` on the PATH)" };
  return status === 0 ? { jar, skip: false } : { skip: `this Java cannot run the Nu HTML checker, which needs version 17: ${stderr.split("\n")[0]}` };
}

const { jar, skip } = findChecker();
const world = skip ? undefined : await startWorld();
const folder = path.join(ROOT, "tests/output/nu");
after(() => rm(folder, { recursive: true, force: true }));

/** All that is checked: addresses by the file that holds what they answered. */
async function collect() {
  const addresses = new Map();
  const keep = async (host, place, { text }, ending = "html") => {
    const file = path.join(folder, `${addresses.size}.${ending}`);
    addresses.set(file, `${host}${place}`);
    await writeFile(file, text);
  };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const site of SITES) {
    const choices = new Set();
    const { pages } = await crawl(world, site, async (place, answer) => {
      const type = answer.headers["content-type"] ?? "";
      if (type.startsWith("text/css")) return keep(site, place, answer, "css");
      if (!type.startsWith("text/html")) return undefined;
      // A crawl does not follow addresses with a query: each choice of each list stands for its combinations.
      for (const { href } of listOf(answer.text)?.choices.flat() ?? []) choices.add(href);
      return keep(site, place, answer);
    });
    const tour = Object.entries(await tourOf(world, site)).filter(([, place]) => !pages.has(place));
    for (const [kind, place] of [...tour, ...[...choices].map((href) => ["list", href]), ["search", "/search?q=nonesuchword"], ["search", "/search?q="]]) {
      const answer = await world.visit(site, place);
      assert.equal(answer.status, statusOf(kind), `${site}${place}`);
      await keep(site, place, answer);
    }
  }
  const { KV } = await world.bindings();
  await KV.put("host/unreadable.localhost", "nothing that can be read");
  for (const [host, status] of [["suspended", 503], ["archived", 410], ["unknown", 404], ["bad..host", 400], ["unreadable", 503]]) {
    const answer = await world.visit(host, "/");
    assert.equal(answer.status, status, host);
    await keep(host, "/", answer);
  }
  const refused = await world.visit("agency", "/", { method: "POST" });
  assert.equal(refused.status, 405);
  await keep("agency", "/ (POST)", refused);
  return addresses;
}

/** Whether a message is about container queries, which its CSS checker does not know (<https://www.w3.org/TR/css-conditional-5/>). */
const isMistaken = ({ message, extract }) => /^CSS: .*(“container-type”|“@container”)/.test(message) || (message.startsWith("CSS:") && /\dcq[iw]/.test(extract));

/** What the checker has to say, with warnings. */
function check() {
  return new Promise((resolve, reject) => {
    const args = ["-jar", jar, "--format", "json", "--exit-zero-always", "--stdout", "--also-check-css", folder];
    execFile("java", args, { maxBuffer: 1 << 28 }, (error, stdout) => (error ? reject(error) : resolve(JSON.parse(stdout).messages.filter((message) => !isMistaken(message)))));
  });
}

test("the Nu HTML checker finds nothing to object to", { skip, timeout: 600_000 }, async (t) => {
  const addresses = await collect();
  const messages = await check();
  t.diagnostic(`${addresses.size} pages and style sheets`);
  const found = new Map();
  for (const { url, lastLine, lastColumn, message, extract } of messages) {
    const address = addresses.get(fileURLToPath(url)) ?? url;
    const places = found.get(message) ?? found.set(message, []).get(message);
    places.push(`${address} ${lastLine}:${lastColumn}: ${extract?.replace(/\s+/g, " ")}`);
  }
  const said = [...found].map(([message, places]) => `${message}\n    ${places.length} times, first at ${places[0]}`);
  assert.equal(said.length, 0, `${messages.length} messages:\n${said.join("\n")}`);
});
