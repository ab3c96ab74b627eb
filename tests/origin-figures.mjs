// Figures of the origin on both built Workers: publishing one page of many, importing records, signing in. Run by
// `cargo xtask soak --only origin`; PAGES, ROWS and SIGN_INS change the sizes.
import assert from "node:assert/strict";
import http from "node:http";
import { PASSWORD, startOrigin } from "./lib/origin.mjs";
import { cpu, workerd } from "./lib/processes.mjs";

const PAGES = Number(process.env.PAGES ?? 1000);
const ROWS = Number(process.env.ROWS ?? 100_000);
const { miniflare, port, ask, signUp } = await startOrigin();
const who = await signUp("mira@example.org");
const tell = (...cells) => console.log(`soak: | ${cells.join(" | ")} |`);
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];

async function must(method, target, body, headers = {}) {
  const answer = await ask(method, target, { body, headers: { ...who.headers, ...headers } });
  assert.ok(answer.status < 300, `${method} ${target}: ${answer.text}`);
  return answer;
}
async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function put(target, body) {
  return new Promise((resolve, reject) => {
    const headers = { ...who.headers, host: `admin.localhost:${port}`, "content-type": "text/csv", "content-length": Buffer.byteLength(body) };
    const request = http.request({ hostname: "127.0.0.1", port, method: "PUT", path: target, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece) => (text += piece)).on("error", reject);
      response.on("end", () => resolve(JSON.parse(text)));
    });
    request.on("error", reject).end(body);
  });
}

const made = await must("POST", `/api/v1/tenants/${who.tenant}/sites`, { name: { en: "Many" }, locales: ["en"], host: "many" });
const api = `/api/v1/sites/${made.json.id}`;
// The limit of requests a second is for people; here one script does the work of a day.
const { DB } = await miniflare.getBindings("manysite-origin");
const unlimited = () => DB.prepare("UPDATE rate_limits SET tokens = 1200").run();
const text = "Plain words about bread, flour, water and salt. ".repeat(12);
const page = (n, title) => ({
  locale: "en", path: n === 0 ? "/" : `/page-${n}`, title, description: `About ${title}.`,
  sections: [{ component: "hero", props: { title } }, ...[1, 2, 3].map((m) => ({ component: "text", props: { title: `Part ${m}`, text } }))],
});
for (let n = 0; n < PAGES; n += 10) {
  if (n % 500 === 0) await unlimited();
  await Promise.all(Array.from({ length: Math.min(10, PAGES - n) }, (_, m) => must("PUT", `${api}/pages/p${n + m}`, page(n + m, `Page ${n + m}`))));
}
await unlimited();
const whole = await timed(() => must("POST", `${api}/releases`, { everything: true }));
tell("publish of the whole site", `${PAGES} pages`, `${whole.toFixed(0)} ms`);

const keys = async () => (await DB.prepare("SELECT count(*) AS n FROM published_records WHERE site_id = ?1").bind(made.json.id).first()).n;
const times = [];
let written = 0;
for (let n = 1; n <= 15; n++) {
  await must("PUT", `${api}/pages/p7`, page(7, `Seven ${n}`), { "if-match": `"${n}"` });
  const before = await keys();
  // The host record is written once a second at most; that wait is not the publish's own.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  times.push(await timed(() => must("POST", `${api}/releases`, { pages: ["p7"] })));
  written = Math.max(written, (await keys()) - before + 1);
}
tell("publish of one page", `of ${PAGES}, 15 times`, `median ${median(times).toFixed(0)} ms, most ${Math.max(...times).toFixed(0)} ms`);
tell("KV writes of one such publish", "records and the host", written);

const record = (title) => ({ fields: [{ name: "title", kind: "text", required: true, searchable: true }, { name: "price", kind: "integer", min: 0, max: 1000000 }, { name: "sku", kind: "text", unique: true }, { name: "brand", kind: "text" }], name: title, title_field: "title", listed: ["title", "price"], indexes: [{ name: "price", sort: "price" }, { name: "brand-price", filter: ["brand"], sort: "price" }] });
await must("PUT", `${api}/types/product`, record("Product"));
let seconds = 0;
for (let at = 0; at < ROWS; at += 10_000) {
  const rows = Array.from({ length: Math.min(10_000, ROWS - at) }, (_, m) => `p${at + m},p${at + m},Product number ${at + m},${(at + m) % 9999},SKU-${at + m},brand ${m % 20}`);
  const body = `id,slug,title,price,sku,brand\n${rows.join("\n")}\n`;
  const begun = performance.now();
  const report = await put(`${api}/imports/part-${at}?type=product&publish=true`, body);
  seconds += (performance.now() - begun) / 1000;
  assert.equal(report.created, rows.length, JSON.stringify(report).slice(0, 500));
}
tell("import of CSV", `${ROWS} records in calls of 10,000; two lists, search, a unique field`, `${(ROWS / seconds).toFixed(0)} records/s`);

// What a sign-in costs the processor: the CPU time of workerd, in which Wasm and D1 run. A sign-in whose body lacks the
// password goes the same way up to the hash.
const SIGN_INS = Number(process.env.SIGN_INS ?? 200);
const pid = workerd();
async function cost(status, body) {
  const times = [], before = cpu(pid);
  for (let n = 0; n < SIGN_INS; n++) {
    if (n % 15 === 0) await unlimited();
    const begun = performance.now();
    assert.equal((await ask("POST", "/api/v1/sign-in", { body })).status, status);
    times.push(performance.now() - begun);
  }
  return { cpu: (cpu(pid) - before) / SIGN_INS, median: median(times) };
}
const credentials = { email: "mira@example.org", password: PASSWORD };
await cost(200, credentials);
const refused = await cost(422, { email: credentials.email });
const signedIn = await cost(200, credentials);
tell("sign-in (Argon2id, 19 MiB)", `${SIGN_INS} times, one after the other`, `${signedIn.cpu.toFixed(1)} ms CPU, median ${signedIn.median.toFixed(0)} ms`);
tell("the same without a password: refused before the hash", `${SIGN_INS} times`, `${refused.cpu.toFixed(1)} ms CPU, median ${refused.median.toFixed(0)} ms`);
await miniflare.dispose();
process.exit(0);
