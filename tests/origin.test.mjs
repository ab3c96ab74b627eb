// Both Workers as they are built, behind one port: from sign-up to a site, on workerd's own D1.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import http from "node:http";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PASSWORD, startOrigin } from "./lib/origin.mjs";

const { miniflare, port, ask, code, signUp } = await startOrigin({
  vars: { RESOLVER_URL: "https://resolver.test/dns-query" },
  outside: async (request) => {
    const url = new URL(request.url);
    if (url.host === "moved.test") return new Response(null, { status: 302, headers: { location: "http://elsewhere.test/" } });
    // Beyond the five seconds that the origin waits; with an end, so that the test has one.
    if (url.host === "slow.test") {
      await sleep(8_000);
      return new Response("late");
    }
    if (url.host === "endless.test") {
      const chunk = new Uint8Array(4 * 1024).fill(0x78);
      let left = 800;
      const pull = async (controller) => {
        await sleep(10);
        left -= 1;
        if (left > 0) controller.enqueue(chunk);
        else controller.close();
      };
      return new Response(new ReadableStream({ pull }));
    }
    if (url.host === "elsewhere.test") return new Response("followed");
    if (url.host === "resolver.test") {
      const Answer = (texts.get(url.searchParams.get("name")) ?? []).map((data) => ({ type: 16, data }));
      return Response.json({ Status: 0, Answer });
    }
    return new Response("not found", { status: 404 });
  },
});
/** TXT records by name. */
const texts = new Map();

const mira = await signUp("mira@example.org");
const site = (host) => ({ name: { en: host }, locales: ["en"], host });
const sites = `/api/v1/tenants/${mira.tenant}/sites`;
/** Sends bytes and gets bytes. */
const raw = (method, target, body, who = mira) => new Promise((resolve, reject) => {
  const headers = { ...who.headers, host: `admin.localhost:${port}`, ...(body && { "content-length": body.length }) };
  const request = http.request({ hostname: "127.0.0.1", port, method, path: target, headers }, (response) => {
    const pieces = [];
    response.on("data", (piece) => pieces.push(piece)).on("error", reject);
    response.on("end", () => resolve({ status: response.statusCode, bytes: Buffer.concat(pieces) }));
  });
  request.on("error", reject).end(body);
});

test("the documentation is on the admin host and nowhere else", async () => {
  assert.equal((await ask("GET", "/api/v1/openapi.json")).json.openapi, "3.1.0");
  assert.match((await ask("GET", "/api/v1/openapi.json", { host: "bakery.localhost" })).headers["content-type"], /text\/html/);
});

test("a person who confirmed an address can sign in again and make a site", async () => {
  const again = await ask("POST", "/api/v1/sign-in", { body: { email: "mira@example.org", password: PASSWORD } });
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
  const published = await ask("POST", `${api}/releases`, { body: { everything: true }, headers: mira.headers });
  assert.equal(published.status, 201, published.text);
  assert.equal(published.json.visible, true);
  const seen = async () => (await ask("GET", `/?${Math.random()}`, { host: "first-page.localhost" })).text;
  const until = async (title) => {
    for (const end = Date.now() + 10_000; !(await seen()).includes(title); await sleep(100)) assert.ok(Date.now() < end, `${title}: ${await seen()}`);
  };
  await until("Bread from the stone oven");
  const changed = await ask("PUT", `${api}/pages/home`, { body: home("Rolls"), headers: { ...mira.headers, "if-match": saved.headers.etag } });
  assert.equal(changed.status, 200, changed.text);
  await ask("POST", `${api}/releases`, { body: { pages: ["home"] }, headers: mira.headers });
  await until("Rolls");
  assert.equal((await ask("POST", `${api}/releases/1/roll-back`, { headers: mira.headers })).status, 201);
  await until("Bread from the stone oven");
  assert.equal((await ask("PATCH", api, { body: { status: "archived" }, headers: mira.headers })).status, 200);
  for (const end = Date.now() + 10_000; (await ask("GET", "/", { host: "first-page.localhost" })).status === 200; await sleep(100)) assert.ok(Date.now() < end);
});

test("a field gets another name, and visitors see its values all along", async () => {
  const made = await ask("POST", sites, { body: site("renamed"), headers: mira.headers });
  const api = `/api/v1/sites/${made.json.id}`;
  const put = async (target, body, headers = {}) => {
    const answer = await ask("PUT", `${api}/${target}`, { body, headers: { ...mira.headers, ...headers } });
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  };
  const type = (name) => ({
    name: "Loaf", title_field: "title", listed: ["title", name], indexes: [{ name: "newest", sort: "published_at" }],
    fields: [{ name: "title", kind: "text", required: true }, { name, kind: "integer" }],
  });
  await put("types/loaf", type("grams"));
  await put("entities/rye", { type: "loaf", locale: "en", slug: "rye", fields: { title: "Rye", grams: 7531 }, publish: true });
  const list = { component: "entity-list", props: { type: "loaf", index: "newest", link: "/loaves/:slug", fields: [{ field: "grams", label: "Weight" }] } };
  const page = { locale: "en", title: "Loaves", description: "Loaves of bread." };
  const detail = { component: "entity-detail", props: { fields: [{ field: "grams", label: "Weight" }] } };
  await put("pages/loaf", { ...page, path: "/loaves/:slug", entity: "loaf", title: "{title}", sections: [detail] });
  await put("pages/home", { ...page, path: "/", sections: [{ component: "hero", props: { title: "Loaves" } }, list] });
  assert.equal((await ask("POST", `${api}/releases`, { body: { everything: true }, headers: mira.headers })).status, 201);
  const seen = async (target) => (await ask("GET", `${target}?${Math.random()}`, { host: "renamed.localhost" })).text;
  for (const end = Date.now() + 10_000; !/7,?531/.test(await seen("/")); await sleep(100)) assert.ok(Date.now() < end, await seen("/"));
  const saved = await put("types/loaf", { ...type("weight"), renamed: { grams: "weight" } }, { "if-match": '"1"' });
  assert.deepEqual(saved.follows, ["pages/home: sections[1].props.fields[0].field", "pages/loaf: sections[0].props.fields[0].field"]);
  for (let n = 0; n < 30; n++) {
    assert.match(await seen("/"), /7,?531/);
    assert.match(await seen("/loaves/rye"), /7,?531/);
    await sleep(100);
  }
  assert.deepEqual((await ask("GET", `${api}/entities/rye`, { headers: mira.headers })).json.document.fields, { title: "Rye", weight: 7531 });
});

test("an invited person joins, and of two administrators who remove each other one stays", async () => {
  const at = (rest) => `/api/v1/tenants/${mira.tenant}/${rest}`;
  const invited = await ask("POST", at("invitations"), { body: { email: "tom@example.org", role: "tenant_admin" }, headers: mira.headers });
  assert.equal(invited.status, 201, invited.text);
  const joined = await ask("POST", "/api/v1/invitations/join", { body: { code: await code("tom@example.org"), name: "Tom", password: PASSWORD } });
  assert.equal(joined.status, 201, joined.text);
  const tom = { headers: { cookie: joined.headers["set-cookie"][0].split(";")[0], origin: mira.headers.origin }, user: joined.json.user };
  const roles = { body: { roles: [{ role: "viewer" }] } };
  const both = await Promise.all([
    ask("PATCH", at(`members/${tom.user}`), { ...roles, headers: mira.headers }),
    ask("PATCH", at(`members/${mira.user}`), { ...roles, headers: tom.headers }),
  ]);
  const changed = both.filter((answer) => answer.status === 200);
  assert.equal(changed.length, 1, both.map((answer) => answer.text).join("\n"));
  const { DB } = await miniflare.getBindings("manysite-origin");
  await DB.prepare("UPDATE member_roles SET role = 'tenant_admin' WHERE tenant_id = ?1").bind(mira.tenant).run();
});

test("of many sites at the same time no more are made than the plan has room for", async () => {
  const owner = await signUp("owner@example.org");
  const noor = await signUp("nora@example.org");
  const limited = await ask("PATCH", `/api/v1/platform/tenants/${noor.tenant}`, { body: { limits: { sites: 3 } }, headers: owner.headers });
  assert.equal(limited.status, 200, limited.text);
  const path = `/api/v1/tenants/${noor.tenant}/sites`;
  const made = await Promise.all(Array.from({ length: 10 }, (_, n) => ask("POST", path, { body: site(`room-${n}`), headers: noor.headers })));
  assert.equal(made.filter((answer) => answer.status === 201).length, 3, made.map((answer) => answer.text).join("\n"));
  for (const answer of made.filter((answer) => answer.status !== 201)) assert.equal(answer.json.type, "/problems/plan-limit");
});

test("an own domain is proven by a record that the resolver sees, and by nothing that redirects or does not end", async () => {
  const [own] = (await ask("GET", sites, { headers: mira.headers })).json.sites;
  const at = (rest) => `/api/v1/sites/${own.id}/${rest}`;
  const claim = async (host, method) => {
    const claimed = await ask("POST", at("domains"), { body: { host, method }, headers: mira.headers });
    assert.equal(claimed.status, 201, claimed.text);
    return claimed.json;
  };
  const check = async (host) => {
    const checked = await ask("POST", at(`domains/${host}/check`), { headers: mira.headers });
    assert.equal(checked.status, 200, checked.text);
    return checked.json;
  };
  for (const [host, problem] of [["moved.test", /redirects/], ["endless.test", /"x{80}" and not the token/], ["slow.test", /did not answer within 5 seconds/], ["gone.test", /answered 404/]]) {
    await claim(host, "http");
    const found = await check(host);
    assert.equal(found.state, "claimed");
    assert.match(found.problem, problem);
  }
  const { proof } = await claim("www.bread.test", "dns");
  assert.match((await check("www.bread.test")).problem, /no TXT record/);
  texts.set(proof.at, [`"${proof.token}"`]);
  assert.equal((await check("www.bread.test")).state, "pending");
  const { DB } = await miniflare.getBindings("manysite-origin");
  assert.ok(await DB.prepare("SELECT 1 FROM kv_writes WHERE key = 'host/www.bread.test'").first());
});

test("a site comes from a starting point, goes as one file, comes back from it and is deleted and taken back", async () => {
  const make = async (body) => {
    const made = await ask("POST", sites, { body, headers: mira.headers });
    assert.equal(made.status, 201, made.text);
    return `/api/v1/sites/${made.json.id}`;
  };
  const filled = async (site) => {
    for (let n = 0; n < 100; n += 1) {
      const { json } = await ask("GET", site, { headers: mira.headers });
      if (json.status !== "filling") return json;
      assert.notEqual(json.filling.state, "failed", json.filling.problem);
      await sleep(100);
    }
    return assert.fail("it is not filled");
  };
  const publish = async (site) => {
    const done = await ask("POST", `${site}/releases`, { body: { everything: true }, headers: mira.headers });
    assert.equal(done.status, 201, done.text);
  };
  const shop = await make({ name: { en: "ABC Shop" }, locales: ["en"], host: "abc", from: { template: "shop" } });
  assert.equal((await filled(shop)).status, "active");
  const svg = Buffer.from("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><path d=\"M0 0h8v8z\"/></svg>");
  assert.equal((await raw("POST", `${shop}/assets?name=Mark.svg&folder=pictures`, svg)).status, 201);
  const exported = await raw("GET", `${shop}/export`);
  assert.equal(exported.status, 200);
  assert.equal(exported.bytes.length % 512, 0);
  assert.ok(exported.bytes.includes("files/pictures/Mark.svg") && exported.bytes.subarray(-1024).every((byte) => byte === 0));

  const back = await make({ host: "back", from: "file" });
  const cut = await raw("PUT", `${back}/content`, exported.bytes.subarray(0, 2000));
  assert.equal(cut.status, 422, String(cut.bytes));
  const sent = await raw("PUT", `${back}/content`, exported.bytes);
  assert.equal(sent.status, 200, String(sent.bytes));
  assert.deepEqual((await filled(back)).name, { en: "ABC Shop" });
  const copy = await make({ host: "copy-of-back", from: { site: back.split("/").pop() } });
  await filled(copy);
  await publish(copy);
  const about = (host) => ask("GET", "/about", { host });
  assert.match((await about("copy-of-back.localhost")).text, /ABC Shop/);
  const again = await raw("GET", `${copy}/export`);
  assert.equal(again.bytes.length, exported.bytes.length);

  assert.equal((await ask("DELETE", copy, { headers: mira.headers })).json.status, "deleted");
  const until = async (status) => {
    for (let n = 0; n < 100 && (await about("copy-of-back.localhost")).status !== status; n += 1) await sleep(200);
    assert.equal((await about("copy-of-back.localhost")).status, status);
  };
  await until(410);
  assert.equal((await ask("POST", `${copy}/restore`, { headers: mira.headers, body: {} })).status, 200);
  await until(200);
});

test("of uploads to two sites at the same time no more are taken than the tenant has room for", async () => {
  const owner = await signUp("owner-of-all@example.org");
  const { DB } = await miniflare.getBindings("manysite-origin");
  await DB.prepare("UPDATE users SET platform_owner = 1 WHERE id = ?1").bind(owner.user).run();
  const noor = await signUp("nell@example.org");
  const made = await Promise.all(["store-a", "store-b"].map((host) =>
    ask("POST", `/api/v1/tenants/${noor.tenant}/sites`, { body: site(host), headers: noor.headers })));
  const limited = await ask("PATCH", `/api/v1/platform/tenants/${noor.tenant}`, { body: { limits: { storage: 3500 } }, headers: owner.headers });
  assert.equal(limited.status, 200, limited.text);
  const upload = (n) => raw("POST", `/api/v1/sites/${made[n % 2].json.id}/assets?name=${n}.txt`, Buffer.alloc(1000, `${n}`), noor);
  const sent = await Promise.all(Array.from({ length: 10 }, (_, n) => upload(n)));
  assert.equal(sent.filter((answer) => answer.status === 201).length, 3, sent.map((answer) => answer.bytes).join("\n"));
  for (const { status, bytes } of sent.filter((answer) => answer.status !== 201)) {
    assert.deepEqual([status, JSON.parse(bytes).type], [409, "/problems/plan-limit"]);
  }
  const usage = (await ask("GET", `/api/v1/tenants/${noor.tenant}/usage`, { headers: noor.headers })).json;
  assert.equal(usage.find((amount) => amount.metric === "storage").used, 3000);
});

test("a tenant is deleted for visitors and changes, taken back, and at last erased", async () => {
  const tom = await signUp("theo@example.org");
  const tenant = `/api/v1/tenants/${tom.tenant}`;
  const made = await ask("POST", `${tenant}/sites`, { body: { ...site("leaving"), from: { template: "blank" } }, headers: tom.headers });
  assert.equal(made.status, 201, made.text);
  const path = `/api/v1/sites/${made.json.id}`;
  const until = async (what, status) => {
    for (let n = 0; n < 100 && (await what()).status !== status; n += 1) await sleep(200);
    assert.equal((await what()).status, status);
  };
  const publish = () => ask("POST", `${path}/releases`, { body: { everything: true }, headers: tom.headers });
  const home = () => ask("GET", "/", { host: "leaving.localhost" });
  await until(publish, 201);
  await until(home, 200);
  assert.equal((await ask("DELETE", `${tenant}?confirm=no`, { headers: tom.headers })).status, 422);
  const deleted = await ask("DELETE", `${tenant}?confirm=A%20company`, { headers: tom.headers });
  assert.equal(deleted.status, 200, deleted.text);
  await until(home, 410);
  assert.equal((await publish()).status, 409);
  assert.equal((await raw("GET", `${path}/export`, undefined, tom)).status, 200);
  assert.equal((await ask("POST", `${tenant}/restore`, { body: {}, headers: tom.headers })).status, 200);
  await until(home, 200);
  assert.equal((await ask("DELETE", `${tenant}?confirm=${tom.tenant}`, { headers: tom.headers })).status, 200);
  const { DB } = await miniflare.getBindings("manysite-origin");
  await DB.prepare("UPDATE tenants SET delete_after = '2026-01-01T00:00:00Z' WHERE id = ?1").bind(tom.tenant).run();
  const worker = await miniflare.getWorker("manysite-origin");
  const left = () => DB.prepare("SELECT (SELECT count(*) FROM tenants WHERE id = ?1) + (SELECT count(*) FROM users WHERE id = ?2) AS n").bind(tom.tenant, tom.user).first("n");
  for (let n = 0; n < 40 && (await left()) > 0; n += 1) {
    await worker.scheduled({ cron: "* * * * *" });
    await sleep(200);
  }
  assert.equal(await left(), 0);
  assert.equal((await ask("GET", "/api/v1/me", { headers: tom.headers })).status, 401);
  const { results } = await DB.prepare("SELECT action FROM audit WHERE tenant_id = '' AND subject_id = ?1").bind(tom.tenant).all();
  assert.deepEqual(results, [{ action: "erase_tenant" }]);
});

test("the audit log goes out as lines whose hashes anybody can check", async () => {
  const { text } = await ask("GET", `${sites.replace("sites", "audit")}/export`, { headers: mira.headers });
  const rows = text.trim().split("\n").map((line) => JSON.parse(line));
  const end = rows.pop();
  assert.ok(rows.length > 10 && end.rows === rows.length && end.broken_at === null, JSON.stringify(end));
  let last = "";
  for (const row of rows) {
    const texts = Object.values(row);
    const hash = texts.pop();
    assert.equal(createHash("sha256").update(JSON.stringify(texts)).digest("hex"), hash);
    assert.equal(row.previous_hash, last);
    last = hash;
  }
  assert.equal(end.head, last);
});
