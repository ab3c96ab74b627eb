// Every peer as one script, and the configuration with which workerd serves it.
import { readFile, mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { build } from "esbuild";

const RUNTIMES = { preact: "preact", react: "react", hono: "hono/jsx" };
const REACT_NAMES = { class: "className", tabindex: "tabIndex", charset: "charSet" };

// React's spelling of attributes. The names stand before `=` in elements only, so a replacement of text is enough.
const reactNames = {
  name: "react-names",
  setup(build) {
    build.onLoad({ filter: /page\.jsx$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(/(?<=<[a-z0-9]+[^<>]*\s)(class|tabindex|charset)(?==)/g, (name) => REACT_NAMES[name]),
      loader: "jsx",
    }));
  },
};

// Astro's components, compiled as its build compiles them.
const astro = {
  name: "astro",
  setup(build) {
    build.onLoad({ filter: /\.astro$/ }, async ({ path }) => {
      // Its compiler is a native package, which not every machine has.
      const { transform } = await import("@astrojs/compiler-rs");
      const { code } = await transform(await readFile(path, "utf8"), { filename: path, compact: "jsx", internalURL: "astro/compiler-runtime", resultScopedSlot: true, resolvePath: (name) => name });
      return { contents: code, loader: "ts" };
    });
  },
};

const wasmBeside = {
  name: "wasm-beside",
  setup(build) {
    build.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, external: true }));
  },
};

async function bundle(entry, outfile, options = {}) {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    target: "esnext",
    conditions: ["workerd", "edge-light", "worker", "browser"],
    define: { "process.env.NODE_ENV": '"production"' },
    external: ["cloudflare:*", "node:*", "records.json"],
    logLevel: "error",
    ...options,
    plugins: [wasmBeside, ...(options.plugins ?? [])],
  });
}

const PRODUCT = { entry: "worker/entry.js", wasm: "worker/build/index_bg.wasm" };

// Writes script and configuration of a peer; answers with the configuration's path.
export async function prepare(peer, ports, output) {
  const folder = `${output}/workers/${peer.name}`;
  await mkdir(folder, { recursive: true });
  const jsx = RUNTIMES[peer.name];
  const entry = peer.product ? PRODUCT.entry : `bench/peers/${peer.name}.${jsx ? "jsx" : "js"}`;
  await bundle(entry, `${folder}/entry.js`, {
    ...(jsx && { jsx: "automatic", jsxImportSource: jsx }),
    plugins: { react: [reactNames], astro: [astro] }[peer.name],
  });
  await bundle("bench/peers/kv.js", `${folder}/kv.js`);
  const wasm = peer.product ? PRODUCT.wasm : peer.name.startsWith("ours") ? "bench/ours/build/index_bg.wasm" : undefined;
  const modules = ['(name = "entry.js", esModule = embed "entry.js")'];
  if (wasm) {
    await writeFile(`${folder}/index_bg.wasm`, await readFile(wasm));
    modules.push('(name = "./index_bg.wasm", wasm = embed "index_bg.wasm")');
  }
  const config = `${folder}/config.capnp`;
  await writeFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "peer", worker = .peer), (name = "kv", worker = .kv)],
  sockets = [
    (name = "http", address = "127.0.0.1:${ports[0]}", http = (), service = "peer"),
    (name = "counts", address = "127.0.0.1:${ports[1]}", http = (), service = "kv")
  ]
);
const peer :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "2026-11-01",
  bindings = [(name = "KV", kvNamespace = "kv"), (name = "IMAGES", text = "stored")],
  cacheApiOutbound = (name = "kv", entrypoint = "cache")
);
const kv :Workerd.Worker = (
  modules = [(name = "kv.js", esModule = embed "kv.js"), (name = "records.json", text = embed "records.json")],
  compatibilityDate = "2026-11-01"
);
`,
  );
  await writeFile(`${folder}/records.json`, await readFile(`${output}/records.json`));
  return resolve(config);
}
