// What the outside world of the Worker is: its bindings come from wrangler.toml through wrangler's own reading of it.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Log, LogLevel, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { ROOT } from "./paths.mjs";

/** Options of a Miniflare with these modules, the first being the entry. `vars` are set over those of wrangler.toml. */
export function describe({ modules, persist, vars = {}, onLog = () => {} }) {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(path.join(ROOT, "wrangler.toml"));
  return convertV4MiniflareOptions({
    ...workerOptions,
    name: "manysite",
    // The edge alone: visitors do not need the origin.
    serviceBindings: {},
    bindings: { ...workerOptions.bindings, ...vars },
    modules,
    modulesRoot: "/",
    host: "127.0.0.1",
    port: 0,
    cf: false,
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: ({ level, message }) => onLog(level, message),
    resourcePersistencePath: persist,
  });
}

/** The Worker as it is deployed. With `front`, a file of this folder stands before the entry and imports it. */
export async function workerModules(front) {
  const text = (file) => readFile(path.join(ROOT, file), "utf8");
  let wasm;
  try {
    wasm = await readFile(path.join(ROOT, "worker/build/index_bg.wasm"));
  } catch (error) {
    throw new Error(`the Worker is not built; \`cargo xtask build\` builds it (${error.message})`);
  }
  const modules = [
    { type: "ESModule", path: "/entry.js", contents: await text("worker/entry.js") },
    { type: "ESModule", path: "/build/index.js", contents: await text("worker/build/index.js") },
    { type: "CompiledWasm", path: "/build/index_bg.wasm", contents: wasm },
  ];
  if (front === "trapping.mjs") modules.push({ type: "CompiledWasm", path: "/trap.wasm", contents: TRAP });
  if (front) modules.unshift({ type: "ESModule", path: "/front.js", contents: await text(`tests/lib/${front}`) });
  return modules;
}

/** (module (func (export "trap") unreachable)) */
const TRAP = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 0x74, 0x72, 0x61, 0x70, 0, 0, 10, 5, 1, 3, 0, 0, 0x0b]);
