// The Worker in workerd over seeded stores, and a client that sends exactly what it is told to.
import http from "node:http";
import { after } from "node:test";
import { Miniflare } from "miniflare";
import { describe, workerModules } from "./options.mjs";
import { copyOfState } from "./state.mjs";

/** Hosts of the demo sites. */
export const SITES = ["agency", "bakery", "magazine", "school", "shop"];

/** Starts a world that ends with the test file. */
export async function startWorld({ vars, front } = {}) {
  const state = await copyOfState();
  const logs = [];
  const modules = await workerModules(front);
  const miniflare = new Miniflare(describe({ modules, vars, persist: state.folder, onLog: (level, message) => logs.push({ level, message }) }));
  const { hostname, port } = await miniflare.ready;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  after(async () => {
    agent.destroy();
    await miniflare.dispose();
    await state.remove();
  });

  /** A request to a host such as `bakery`, `bakery.localhost` or anything else. Redirects are not followed. */
  function visit(host, path, { method = "GET", headers = {} } = {}) {
    const name = host.includes(".") ? host : `${host}.localhost`;
    return new Promise((resolve, reject) => {
      const options = { hostname, port, agent, method, path, headers: { host: `${name}:${port}`, ...headers } };
      const request = http.request(options, (response) => {
        const pieces = [];
        response.on("data", (piece) => pieces.push(piece));
        response.on("end", () => {
          const bytes = Buffer.concat(pieces);
          resolve({ status: response.statusCode, headers: response.headers, bytes, get text() { return bytes.toString("utf8"); } });
        });
        response.on("error", reject);
      });
      request.on("error", reject).end();
    });
  }

  /** The address under which a browser opens a path of a site. */
  const address = (site, path) => `http://${site}.localhost:${port}${path}`;
  return { visit, address, hostname, port: Number(port), logs, bindings: () => miniflare.getBindings() };
}
