// Answers that the entry repeats without asking Wasm: they end when the site changes, and keep languages, hosts and methods
// apart. Each page is asked for several times, so that it is repeated.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { across, inSeconds } from "./lib/moment.mjs";
import { startWorld } from "./lib/world.mjs";

const TOKEN = "a-token-of-this-test";
const { visit, bindings } = await startWorld({ vars: { ENVIRONMENT: "production", DEBUG_TOKEN: TOKEN } });

async function repeated(site, path, options) {
  for (let n = 0; n < 3; n += 1) await visit(site, path, options);
  return visit(site, path, options);
}

async function until(what, holds) {
  for (let n = 0; n < 100; n += 1) {
    if (await holds()) return;
    await sleep(100);
  }
  assert.fail(`${what}: not within 10 s`);
}

async function change(host, edit) {
  const { KV } = await bindings();
  const record = JSON.parse(await KV.get(`host/${host}`));
  edit(record);
  await KV.put(`host/${host}`, JSON.stringify(record));
}

test("a new release shows", async () => {
  const { text } = await repeated("agency", "/");
  const { KV } = await bindings();
  const record = JSON.parse(await KV.get("host/agency.localhost"));
  const page = record.content.routes.exact["/"].page;
  await KV.put("page/agency/newpage", (await KV.get(`page/agency/${page}`)).replace(/"title":"[^"]*"/, '"title":"A title of the next release"'));
  await change("agency.localhost", ({ content }) => {
    content.release += 1;
    content.routes.exact["/"].page = "newpage";
  });
  assert.equal((await visit("agency", "/")).text, text, "for some seconds the release before is served");
  await until("the new release", async () => (await visit("agency", "/")).text.includes("<title>A title of the next release</title>"));
});

test("an answer is not repeated beyond the moment at which its page becomes another", async () => {
  const { KV } = await bindings();
  const { content } = JSON.parse(await KV.get("host/magazine.localhost"));
  const route = content.routes.exact["/about"];
  const text = (await KV.get(`page/magazine/${route.page}`)).replace(/"title":"[^"]*"/, '"title":"A title of its own time"');
  await KV.put("page/magazine/later", text);
  const at = inSeconds(10);
  await change("magazine.localhost", (record) => {
    record.v = 2;
    record.content.release += 1;
    record.content.later = [{ at, exact: { "/about": { ...route, page: "later" } } }];
  });
  const tags = new Set();
  const has = (expected) => ({ text, headers }) => {
    assert.equal(text.includes("<title>A title of its own time"), expected);
    if (expected) tags.add(headers.etag);
    else assert.ok(!tags.has(headers.etag));
  };
  const { before } = await across(at, () => repeated("magazine", "/about"), { before: has(false), after: has(true) });
  assert.ok(before > 10 && tags.size === 1, `${before}, ${[...tags]}`);
});

test("a suspended site is not served on", async () => {
  await repeated("school", "/");
  await change("school.localhost", (record) => (record.status = "suspended"));
  await until("the platform's page", async () => (await visit("school", "/")).text.includes("This website is paused"));
});

test("visitors of several languages get their own answers to one address", async () => {
  const ask = (language) => repeated("bakery", "/", language === undefined ? {} : { headers: { "accept-language": language } });
  const plain = await ask();
  assert.equal(plain.headers.vary, "accept-language");
  for (let n = 0; n < 2; n += 1) {
    const arabic = await ask("ar");
    assert.match(arabic.text, /<nav class="suggestion" aria-label="العربية" lang="ar" dir="rtl"><a href="\/ar" hreflang="ar">/);
    assert.notEqual(arabic.headers.etag, plain.headers.etag);
    for (const language of [undefined, "en", "de", "en,ar"]) assert.equal((await ask(language)).text, plain.text, language);
  }
});

test("other methods, tags, hosts and addresses are not answered with it", async () => {
  const { text, headers } = await repeated("magazine", "/");
  assert.equal((await visit("magazine", "/", { method: "POST" })).status, 405);
  assert.equal((await visit("magazine", "/", { method: "HEAD" })).bytes.length, 0);
  assert.equal((await visit("magazine", "/", { headers: { "if-none-match": headers.etag } })).status, 304);
  assert.equal((await visit("magazine", "/", { headers: { "if-none-match": `W/"x", ${headers.etag}` } })).status, 304);
  assert.equal((await visit("magazine", "/", { headers: { "if-none-match": '"x"' } })).text, text);
  assert.equal((await visit("magazine", "/", { headers: { "x-debug-token": TOKEN } })).headers["cache-status"], "manysite; detail=memory");
  assert.equal((await visit("nobody", "/")).status, 404);
  assert.equal((await visit("magazine", "/?")).status, 200);
  assert.notEqual((await visit("magazine", "/about")).text, text);
});

test("many addresses at once are answered rightly while the entry forgets and remembers", async () => {
  const { text } = await repeated("shop", "/");
  const answers = await Promise.all(Array.from({ length: 1_500 }, (_, n) => visit("shop", `/?n=${n % 700}`)));
  assert.ok(answers.every((answer) => answer.status === 200 && answer.text === text));
});
