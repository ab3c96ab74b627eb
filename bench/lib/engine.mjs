// What is measured beside the running servers: size and start of the Wasm module, instructions of the native renderer.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { start, stop } from "./server.mjs";

const run = promisify(execFile);
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

export async function wasm(path) {
  const bytes = await readFile(path);
  const [compile, instantiate] = [[], []];
  for (let n = 0; n < 9; n += 1) {
    // V8 knows a module that it has compiled before: an empty section with another name makes it a new one.
    const name = Buffer.from(`bench-${n}`);
    const fresh = Buffer.concat([bytes, Buffer.from([0, name.length + 1, name.length]), name]);
    const began = performance.now();
    const module = new WebAssembly.Module(fresh);
    const compiled = performance.now();
    const imports = {};
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      imports[from][name] = kind === "function" ? () => {} : kind === "tag" ? new WebAssembly.Tag({ parameters: ["externref"] }) : new WebAssembly.Global({ value: "i32", mutable: true }, 0);
    }
    const instantiated = performance.now();
    new WebAssembly.Instance(module, imports);
    compile.push(compiled - began);
    instantiate.push(performance.now() - instantiated);
  }
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, compileMs: median(compile), instantiateMs: median(instantiate) };
}

// Milliseconds from starting workerd to its first whole answer, of several Workers in turn.
export async function firstAnswers(servers, times) {
  const took = Object.fromEntries(servers.map(({ peer }) => [peer.name, []]));
  for (let n = 0; n < times; n += 1) {
    for (const { peer, config, port } of servers) {
      const server = await start(config, port, "bench.localhost", "/small");
      await stop(server);
      if (server.answer.status !== 200) console.log(`${peer.name}: the first answer has status ${server.answer.status}`);
      took[peer.name].push(server.first);
    }
  }
  return Object.fromEntries(Object.entries(took).map(([name, values]) => [name, { median: median(values), all: values }]));
}

// Instructions per render: the difference between two runs, so that the start does not count.
export async function instructions(records, pages) {
  try {
    await run("valgrind", ["--version"]);
  } catch {
    return { skipped: "valgrind is not installed" };
  }
  const counts = {};
  for (const page of pages) {
    const count = async (times) => {
      const { stderr } = await run("valgrind", ["--tool=callgrind", "--callgrind-out-file=/dev/null", "target/release/bench-page", records, `/${page}`, String(times)]);
      return Number(/Collected : (\d+)/.exec(stderr)[1]);
    };
    const [few, many] = [await count(5), await count(25)];
    counts[page] = Math.round((many - few) / 20);
  }
  return counts;
}
