// What a request costs with 10 sites in local KV and with many: CPU time of the workerd process, which holds the
// Worker and local KV. Rounds with few and with many sites take turns, each in a fresh process; medians are compared.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { access, cp, mkdir, readFile, readdir, rm } from "node:fs/promises";
import http from "node:http";
import { DatabaseSync } from "node:sqlite";
import { Miniflare } from "miniflare";
import { describe, workerModules } from "../tests/lib/options.mjs";
import { workerd } from "../tests/lib/processes.mjs";

const [templatePath, manyText, roundsText] = process.argv.slice(2);
const MANY = Number(manyText);
const ROUNDS = Number(roundsText);
const FEW = 10;
// Hosts that a round asks for; those before them warm the code up, and are there in both stores.
const WARMERS = 40;
const HOSTS = 10;
const PATHS = 40;
const WARM = 4000;

const template = JSON.parse(await readFile(templatePath, "utf8"));
const folder = (count) => `target/soak/state-${count}`;

/** The records of one site as a function of its number; it has one page at many paths. */
function recordsAsText() {
  const kv = template.map(([key, value]) => {
    if (!key.startsWith("host/")) return [key, value];
    const record = JSON.parse(value);
    const home = record.content.routes.exact["/"];
    for (let n = 1; n <= PATHS; n++) record.content.routes.exact[`/p${n}`] = home;
    return [key, JSON.stringify(record)];
  });
  return JSON.stringify(kv);
}

const SEEDER = `export default { async fetch(request, env) {
  const { text, from, to } = await request.json();
  for (let at = from; at < to; at += 20) {
    const puts = [];
    for (let n = at; n < Math.min(to, at + 20); n++)
      for (const [key, value] of JSON.parse(text.replaceAll("template", "site" + n))) puts.push(env.KV.put(key, value));
    await Promise.all(puts);
  }
  return new Response("ok");
} }`;

/** Stores the warmers and a few sites through the binding of KV. */
async function seedFew(total) {
  const modules = [{ type: "ESModule", path: "/seeder.js", contents: SEEDER }];
  const miniflare = new Miniflare(describe({ modules, persist: folder(FEW) }));
  const body = JSON.stringify({ text: recordsAsText(), from: 0, to: total });
  const answer = await miniflare.dispatchFetch("http://seeder.localhost/", { method: "POST", body });
  if (await answer.text() !== "ok") throw new Error("seeding failed");
  await miniflare.dispose();
}

/**
 * Adds more sites to a copy of those, in the files that Miniflare keeps for local KV: a row and a blob for each value. The
 * binding waits for the disk with each of them, an hour for 100,000 sites.
 */
async function seedMany(from, total) {
  await cp(folder(FEW), folder(MANY), { recursive: true });
  await rm(`${folder(MANY)}/done`, { recursive: true });
  const kv = `${folder(MANY)}/kv`;
  const files = await readdir(kv, { recursive: true });
  const find = (pattern) => {
    const found = files.find((file) => pattern.test(file));
    if (!found) throw new Error(`${kv} has no ${pattern}: Miniflare keeps local KV in other files than it did`);
    return `${kv}/${found}`;
  };
  const [blobs, database] = [find(/blobs$/), new DatabaseSync(find(/KVNamespaceObject.[0-9a-f]+\.sqlite$/))];
  const insert = database.prepare("INSERT INTO _mf_entries (key, blob_id) VALUES (?, ?)");
  const text = recordsAsText();
  database.exec("BEGIN");
  for (let n = from; n < total; n++) {
    for (const [key, value] of JSON.parse(text.replaceAll("template", `site${n}`))) {
      const blob = createHash("sha256").update(key).digest("hex");
      insert.run(key, blob);
      writeFileSync(`${blobs}/${blob}`, value);
    }
    if (process.stderr.isTTY && n % 1000 === 0) process.stderr.write(`\r  ${n} of ${total} sites stored`);
  }
  database.exec("COMMIT");
  database.close();
}

async function seed(count, store) {
  const done = `${folder(count)}/done`;
  if (await access(done).then(() => true, () => false)) return;
  await rm(folder(count), { recursive: true, force: true });
  await mkdir(folder(count), { recursive: true });
  await store();
  await mkdir(done, { recursive: true });
}

/** CPU nanoseconds of a process so far, by its threads (<https://docs.kernel.org/scheduler/sched-stats.html>). */
function cpu(pid) {
  let sum = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      sum += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
    } catch { /* the thread has just ended */ }
  }
  return sum;
}

function resident(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}

async function round(count, number) {
  // Answers of the round before would be found in the edge cache, which local stores keep on disk.
  await rm(`${folder(count)}/cache`, { recursive: true, force: true });
  const miniflare = new Miniflare(describe({ modules: await workerModules(), persist: folder(count), vars: { ENVIRONMENT: "production" } }));
  const { hostname, port } = await miniflare.ready;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const get = (site, path) => new Promise((resolve, reject) => {
    const headers = { host: `site${site}.localhost:${port}` };
    http.get({ hostname, port, agent, path, headers }, (answer) => {
      let size = 0;
      answer.on("data", (piece) => (size += piece.length));
      answer.on("end", () => (answer.statusCode === 200 && size > 1000 ? resolve() : reject(new Error(`${site}${path}: ${answer.statusCode}`))));
    }).on("error", reject);
  });
  const pid = workerd();
  // Sites anywhere in the store, others in each round where there are enough.
  const site = (n) => WARMERS + Math.floor(((n + number / ROUNDS) / HOSTS) * count) % count;
  const sites = [...new Set(Array.from({ length: HOSTS }, (_, n) => site(n)))];
  const measure = async (requests, work) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = cpu(pid);
    await work();
    return (cpu(pid) - before) / requests / 1000;
  };
  try {
    for (let n = 0; n < WARMERS; n++) for (let p = 1; p <= 20; p++) await get(n, `/p${p}`);
    for (let n = 0; n < WARM; n++) await get(n % WARMERS, "/p1");
    const cold = await measure(sites.length, async () => { for (const n of sites) await get(n, "/"); });
    const page = await measure(sites.length * PATHS, async () => {
      for (let p = 1; p <= PATHS; p++) for (const n of sites) await get(n, `/p${p}`);
    });
    const warm = await measure(WARM, async () => { for (let n = 0; n < WARM; n++) await get(sites[n % sites.length], "/"); });
    let spread;
    if (number === ROUNDS - 1 && count > FEW) {
      const [visits, before] = [Math.min(count, 10_000), resident(pid)];
      const each = await measure(visits, async () => {
        for (let n = 0; n < visits; n++) await get(WARMERS + Math.floor((n / visits) * count), "/p2");
      });
      spread = { visits, each, before, after: resident(pid) };
    }
    return { cold, page, warm, spread };
  } finally {
    agent.destroy();
    await miniflare.dispose();
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

await seed(FEW, () => seedFew(WARMERS + FEW));
await seed(MANY, () => seedMany(WARMERS + FEW, WARMERS + MANY));
const [few, many] = [[], []];
for (let number = 0; number < ROUNDS; number++) {
  // Now the one goes first, now the other.
  const turns = [() => round(FEW, number).then((r) => few.push(r)), () => round(MANY, number).then((r) => many.push(r))];
  for (const turn of number % 2 ? turns.reverse() : turns) await turn();
}
let worst = 0;
for (const [name, title] of [["warm", "warm"], ["page", "page not held, site held: one KV read"], ["cold", "neither held: two KV reads"]]) {
  const [a, b] = [median(few.map((r) => r[name])), median(many.map((r) => r[name]))];
  console.log(`soak: | ${title}, CPU µs | ${a.toFixed(0)} | ${b.toFixed(0)} | ${(b / a).toFixed(3)} |`);
  if (name !== "cold") worst = Math.max(worst, b / a);
}
const { spread } = many.at(-1);
if (spread) {
  console.log(`soak: | ${spread.visits} sites once each, CPU µs | | ${spread.each.toFixed(0)} | |`);
  console.log(`soak: | resident memory of workerd before and after that, MB | | ${(spread.before / 1024).toFixed(0)}, ${(spread.after / 1024).toFixed(0)} | |`);
}
console.log(`soak: \nsoak: Medians of ${ROUNDS} rounds each, in turns; CPU includes local KV, the local cache and Miniflare's own Worker in front.`);
if (worst > 1.05) {
  console.error(`a request costs ${((worst - 1) * 100).toFixed(1)} % more with ${MANY} sites: at most 5 % is allowed`);
  process.exitCode = 1;
}
