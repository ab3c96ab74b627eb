// Both Workers as they are built, behind one port: from sign-up to a site, on workerd's own D1.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { after, test } from "node:test";
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { migrate } from "../xtask/seed-stores.mjs";
import { workerModules } from "./lib/options.mjs";
import { ROOT } from "./lib/paths.mjs";

const options = (config) => unstable_getMiniflareWorkerOptions(path.join(ROOT, config)).workerOptions;
const built = (file) => readFile(path.join(ROOT, "origin/build", file));
const modules = [
  { type: "ESModule", path: "/index.js", contents: String(await built("index.js")) },
  { type: "CompiledWasm", path: "/index_bg.wasm", contents: await built("index_bg.wasm") },
];
const miniflare = new Miniflare(convertV4MiniflareOptions({
  workers: [
    { ...options("wrangler.toml"), name: "manysite", modules: await workerModules(), modulesRoot: "/" },
    { ...options("origin/wrangler.toml"), name: "manysite-origin", modules, modulesRoot: "/" },
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

async function signUp(email) {
  const password = "seven grey ferries at noon";
  assert.equal((await ask("POST", "/api/v1/sign-up", { body: { email, password, tenant: "A company" } })).status, 202);
  const mails = (await ask("GET", "/dev/mailbox")).text;
  const [code] = /[0-9a-f]{64}/.exec(mails.slice(mails.indexOf(email)));
  const confirmed = await ask("POST", "/api/v1/sign-up/confirm", { body: { code } });
  assert.equal(confirmed.status, 201, confirmed.text);
  const headers = { cookie: confirmed.headers["set-cookie"][0].split(";")[0], origin: `http://admin.localhost:${port}` };
  return { ...confirmed.json, headers, password };
}

const mira = await signUp("mira@example.org");
const site = (host) => ({ name: { en: host }, locales: ["en"], host });
const sites = `/api/v1/tenants/${mira.tenant}/sites`;

test("the documentation is on the admin host and nowhere else", async () => {
  assert.equal((await ask("GET", "/api/v1/openapi.json")).json.openapi, "3.1.0");
  assert.match((await ask("GET", "/api/v1/openapi.json", { host: "bakery.localhost" })).headers["content-type"], /text\/html/);
});

test("a person who confirmed an address can sign in again and make a site", async () => {
  const again = await ask("POST", "/api/v1/sign-in", { body: { email: "mira@example.org", password: mira.password } });
  assert.equal(again.status, 200, again.text);
  const made = await ask("POST", sites, { body: site("crumb"), headers: mira.headers });
  assert.equal(made.status, 201, made.text);
  const log = await ask("GET", `${sites.replace("sites", "audit")}`, { headers: mira.headers });
  assert.equal(log.json.events[0].subject_id, made.json.id);
});

test("of requests at the same time with the same host one makes the site, and every change has its number", async () => {
  const before = (await ask("GET", sites, { headers: mira.headers })).json.sites.length;
  const same = Array.from({ length: 6 }, () => ask("POST", sites, { body: site("same"), headers: mira.headers }));
  const other = Array.from({ length: 10 }, (_, n) => ask("POST", sites, { body: site(`other-${n}`), headers: mira.headers }));
  const count = async (asked, status) => (await Promise.all(asked)).filter((a) => a.status === status).length;
  assert.deepEqual([await count(same, 201), await count(same, 422), await count(other, 201)], [1, 5, 10]);
  const list = (await ask("GET", sites, { headers: mira.headers })).json.sites;
  assert.equal(list.length, before + 11);
  const { DB } = await miniflare.getBindings("manysite-origin");
  const { results } = await DB.prepare("SELECT number FROM audit WHERE tenant_id = ?1 ORDER BY number").bind(mira.tenant).all();
  assert.deepEqual(results.map((row) => row.number), results.map((_, n) => n + 1));
});

test("requests at the same time with the same Idempotency-Key make one site and get one answer", async () => {
  const headers = { ...mira.headers, "idempotency-key": "once" };
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask("POST", sites, { body: site("once"), headers })));
  assert.deepEqual(answers.map((a) => a.status), answers.map(() => 201), answers.map((a) => a.text).join("\n"));
  assert.equal(new Set(answers.map((a) => a.text)).size, 1);
});

test("another tenant's site is not found", async () => {
  const noor = await signUp("noor@example.org");
  const [own] = (await ask("GET", sites, { headers: mira.headers })).json.sites;
  assert.equal((await ask("GET", `/api/v1/sites/${own.id}`, { headers: mira.headers })).status, 200);
  assert.equal((await ask("GET", `/api/v1/sites/${own.id}`, { headers: noor.headers })).status, 404);
  assert.equal((await ask("GET", sites, { headers: noor.headers })).status, 404);
});

test("a page is written, published, and seen on the site's host at once", async () => {
  const made = await ask("POST", sites, { body: site("first-page"), headers: mira.headers });
  assert.equal(made.status, 201, made.text);
  const api = `/api/v1/sites/${made.json.id}`;
  const home = (title) => ({ locale: "en", path: "/", title, description: "Bread, rolls and cakes.", sections: [{ component: "hero", props: { title } }] });
  const saved = await ask("PUT", `${api}/pages/home`, { body: home("Bread from the stone oven"), headers: mira.headers });
  assert.equal(saved.status, 200, saved.text);
  assert.equal((await ask("GET", "/", { host: "first-page.localhost" })).status, 404);
  const published = await ask("POST", `${api}/releases`, { body: { everything: true }, headers: mira.headers });
  assert.equal(published.status, 201, published.text);
  assert.equal(published.json.visible, true);
  const kv = await miniflare.getKVNamespace("KV", "manysite");
  const record = JSON.parse(await kv.get("host/first-page.localhost"));
  assert.equal(record.content.release, 1);
  assert.match(record.content.routes.exact["/"].page, /^[0-9a-f]{24}$/);
});
