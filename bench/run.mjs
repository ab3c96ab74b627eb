// Measures all peers in one run, in turns. See bench/README.md for what the figures mean.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { parseArgs, promisify } from "node:util";
import { prepare } from "./lib/bundle.mjs";
import { firstAnswers, instructions, median, wasm } from "./lib/engine.mjs";
import { difference } from "./lib/parity.mjs";
import { PAGES, PEERS, hostFor } from "./lib/peers.mjs";
import { print } from "./lib/report.mjs";
import { freePorts, get, processorTime, residentMegabytes, start, stop } from "./lib/server.mjs";

const run = promisify(execFile);
const OUTPUT = "bench/output";
const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean" },
    only: { type: "string" },
    pages: { type: "string", default: PAGES.join(",") },
    text: { type: "string", default: "plain" },
    connections: { type: "string", default: "4" },
    rounds: { type: "string" },
    "no-engine": { type: "boolean" },
  },
});
if (process.platform !== "linux") throw new Error("the benchmark reads processor times from /proc and so runs on Linux only");

const rounds = Number(options.rounds ?? (options.quick ? 5 : 15));
// Requests of one burst, by page: each takes a few tenths of a second.
const BURST = options.quick ? { small: 3000, medium: 1500, large: 500 } : { small: 6000, medium: 4000, large: 1500 };
const WARM_UP = options.quick ? 1 : 2;

const pages = options.pages.split(",");
const names = options.only?.split(",");
// Ratios and goals need these.
const ALWAYS = ["static", "js-template", "ours-warm"];
const peers = PEERS.filter(({ name }) => !names || names.includes(name) || ALWAYS.includes(name));

async function burst(server, page, requests) {
  const { peer, port } = server;
  const before = processorTime(server.pid);
  const { stdout } = await run("target/release/bench-load", [`127.0.0.1:${port}`, hostFor(peer), `/${page}`, String(requests), options.connections, String(server.asked)]);
  const used = processorTime(server.pid) - before;
  server.asked += requests;
  const seen = JSON.parse(stdout);
  return { cpu: used / 1000 / requests, rate: requests / seen.seconds, p50: seen.p50, p99: seen.p99, bytes: seen.bytes };
}

// The native renderer says what is right. A peer that says something else is left out, loudly.
async function checkParity(servers) {
  const refused = new Map();
  for (const page of pages) {
    const { stdout: expected } = await run("target/release/bench-page", [`${OUTPUT}/records.json`, `/${page}`, "--print"], { maxBuffer: 1 << 24 });
    for (const { peer, port } of servers.filter(({ peer }) => peer.page !== false)) {
      // The second answer, because the first may take another way.
      await get(port, "bench.localhost", `/${page}`);
      const actual = await get(port, "bench.localhost", `/${page}`);
      const differs = actual.status === 200 ? difference(expected, actual.body) : `status ${actual.status}: ${actual.body.slice(0, 200)}`;
      if (differs) refused.set(peer.name, `/${page}: ${differs}`);
    }
  }
  console.log(`parity: ${servers.length - refused.size} of ${servers.length} peers say the same on ${pages.length} pages`);
  for (const [name, why] of refused) console.log(`  LEFT OUT ${name}, it is not the page of the native renderer: ${why}`);
  return refused;
}

async function storeCalls(server) {
  const counts = async () => JSON.parse((await get(server.counts, "counts", "/-/counts")).body);
  const before = await counts();
  const requests = 50;
  await burst(server, "small", requests);
  await new Promise((done) => setTimeout(done, 100));
  const after = await counts();
  return Object.fromEntries(Object.keys(after).map((name) => [name, (after[name] - before[name]) / requests]));
}

const servers = [];
try {
  await mkdir(OUTPUT, { recursive: true });
  for (const peer of peers) {
    const ports = await freePorts(2);
    try {
      servers.push({ peer, port: ports[0], counts: ports[1], asked: 0, config: await prepare(peer, ports, OUTPUT) });
    } catch (error) {
      console.log(`LEFT OUT ${peer.name}, it cannot be built here: ${error.message}`);
    }
  }
  const result = { at: new Date().toISOString(), text: options.text, rounds, connections: Number(options.connections), machine: { processors: cpus().length, model: cpus()[0].model, load: loadavg() }, peers: {} };
  if (!options["no-engine"]) {
    result.wasm = await wasm("worker/build/index_bg.wasm");
    result.first = await firstAnswers(servers.filter(({ peer }) => ["static", "js-template", "ours-warm"].includes(peer.name)), options.quick ? 5 : 15);
    result.instructions = await instructions(`${OUTPUT}/records.json`, pages);
  }
  for (const server of servers) Object.assign(server, await start(server.config, server.port, "bench.localhost", `/${pages[0]}`));
  const refused = await checkParity(servers);
  for (const server of servers.filter(({ peer }) => refused.has(peer.name))) await stop(server);
  const compared = servers.filter(({ peer }) => !refused.has(peer.name));
  if (!compared.some(({ peer }) => peer.name === "js-template")) throw new Error("without js-template there is nothing to compare with");
  result.refused = Object.fromEntries(refused);
  result.calls = {};
  for (const server of compared.filter(({ peer }) => peer.cold || peer.name === "ours-warm")) result.calls[server.peer.name] = await storeCalls(server);
  for (const server of compared) {
    for (const page of pages) await burst(server, page, BURST[page] * WARM_UP);
    result.peers[server.peer.name] = { about: server.peer.about, pages: Object.fromEntries(pages.map((page) => [page, []])) };
  }
  for (let round = 0; round < rounds; round += 1) {
    process.stderr.write(`\rround ${round + 1} of ${rounds} `);
    for (const page of pages) {
      // Every round begins with another peer, so that none always runs behind the same one.
      for (let n = 0; n < compared.length; n += 1) {
        const server = compared[(n + round) % compared.length];
        const requests = server.peer.cold ? Math.ceil(BURST[page] / 2) : BURST[page];
        result.peers[server.peer.name].pages[page].push(await burst(server, page, requests));
      }
    }
  }
  process.stderr.write("\r");
  for (const server of compared) result.peers[server.peer.name].memory = residentMegabytes(server.pid);
  for (const peer of Object.values(result.peers)) {
    peer.median = Object.fromEntries(pages.map((page) => {
      const of = (name) => median(peer.pages[page].map((b) => b[name]));
      return [page, { cpu: of("cpu"), rate: of("rate"), p50: of("p50"), p99: of("p99"), bytes: of("bytes") }];
    }));
  }
  const file = `${OUTPUT}/${result.at.replaceAll(":", "-").slice(0, 19)}.json`;
  await writeFile(file, JSON.stringify(result, null, 1));
  await writeFile(`${OUTPUT}/latest.json`, JSON.stringify(result, null, 1));
  print(result, pages);
  const load = result.machine.load[0];
  if (load > 1) console.log(`\nThe machine was busy when this began (load ${load.toFixed(1)}): ratios of small differences and all times mean little.`);
  console.log(`\nall figures: ${file}`);
} finally {
  for (const server of servers) if (server.child) await stop(server);
}
