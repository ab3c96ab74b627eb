// Both Workers as they are built, behind one port: from sign-up to a site, on workerd's own D1.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, miniflare, signUp } from "./lib/both.mjs";

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
