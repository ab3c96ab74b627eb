// Both Workers as they are built, behind one port, on workerd's own D1.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { after } from "node:test";
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { migrate } from "../../xtask/seed-stores.mjs";
import { workerModules } from "./options.mjs";
import { ROOT } from "./paths.mjs";

const options = (config) => unstable_getMiniflareWorkerOptions(path.join(ROOT, config)).workerOptions;
const built = (file) => readFile(path.join(ROOT, "origin/build", file));

export const PASSWORD = "seven grey ferries at noon";

/** Starts both. `vars` are set over those of origin/wrangler.toml; `outside` answers what the origin asks the world. */
export async function startOrigin({ vars = {}, outside } = {}) {
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
    host: "127.0.0.1", port: 0, cf: false, log: new Log(LogLevel.NONE),
  }));
  after(() => miniflare.dispose());
  const { port } = await miniflare.ready;
  await migrate(await miniflare.getBindings("manysite-origin"));

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

  /** The code in the newest mail to an address. */
  async function code(email) {
    const mails = (await ask("GET", "/dev/mailbox")).text;
    return /[0-9a-f]{64}/.exec(mails.slice(mails.indexOf(email)))[0];
  }

  async function signUp(email) {
    assert.equal((await ask("POST", "/api/v1/sign-up", { body: { email, password: PASSWORD, tenant: "A company" } })).status, 202);
    const confirmed = await ask("POST", "/api/v1/sign-up/confirm", { body: { code: await code(email) } });
    assert.equal(confirmed.status, 201, confirmed.text);
    const headers = { cookie: confirmed.headers["set-cookie"][0].split(";")[0], origin: `http://admin.localhost:${port}` };
    return { ...confirmed.json, headers };
  }

  return { miniflare, port, ask, code, signUp };
}
