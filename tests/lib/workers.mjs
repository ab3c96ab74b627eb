// Both Workers as they are built, behind one port: what `cargo xtask dev` serves.
import { readFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { workerModules } from "./options.mjs";
import { ROOT } from "./paths.mjs";

const options = (config) => unstable_getMiniflareWorkerOptions(path.join(ROOT, config)).workerOptions;
const built = (file) => readFile(path.join(ROOT, "origin/build", file));

/** What a token may do with which sites are made, filled and published. */
export const SCOPES = ["tenant.read", "sites.create", "site.read", "site.manage", "assets.write", "pages.write", "types.write", "entities.write", "publish"];

/**
 * Starts both. `vars` are set over those of origin/wrangler.toml; `outside` answers what the origin asks the world; without
 * `persist`, what they store is gone with them.
 */
export async function startWorkers({ vars = {}, outside, persist } = {}) {
  const modules = [
    { type: "ESModule", path: "/index.js", contents: String(await built("index.js")) },
    { type: "CompiledWasm", path: "/index_bg.wasm", contents: await built("index_bg.wasm") },
  ];
  const origin = options("origin/wrangler.toml");
  const miniflare = new Miniflare(convertV4MiniflareOptions({
    workers: [
      { ...options("wrangler.toml"), name: "manysite", modules: await workerModules(), modulesRoot: "/" },
      { ...origin, name: "manysite-origin", modules, modulesRoot: "/", bindings: { ...origin.bindings, ...vars }, ...(outside && { outboundService: outside }) },
    ],
    host: "127.0.0.1", port: 0, cf: false, log: new Log(LogLevel.NONE), resourcePersistencePath: persist,
  }));
  const { port } = await miniflare.ready;

  function ask(method, target, { body, headers = {}, host = "admin.localhost" } = {}) {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const type = sent === undefined ? {} : { "content-type": "application/json" };
    return new Promise((resolve, reject) => {
      const options = { hostname: "127.0.0.1", port, method, path: target, headers: { host: `${host}:${port}`, ...type, ...headers } };
      const request = http.request(options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece) => (text += piece)).on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text, get json() { return JSON.parse(text); } }));
      });
      request.on("error", reject).end(sent);
    });
  }

  return { miniflare, port, ask };
}
