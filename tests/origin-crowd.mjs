// Two people editing the same pages, ten scripts writing records, one publishing, at the same time on both built Workers.
// Afterwards every answered save is in the history, no number is missing, and visitors see the last release. Run by
// `cargo xtask soak --only crowd`; SECONDS is how long.
import assert from "node:assert/strict";
import { startOrigin } from "./lib/origin.mjs";

const SECONDS = Number(process.env.SECONDS ?? 60);
const { miniflare, ask, signUp } = await startOrigin();
const who = await signUp("mira@example.org");
const send = (method, target, body, headers = {}) => ask(method, target, { body, headers: { ...who.headers, ...headers } });
const must = async (method, target, body, headers) => {
  const answer = await send(method, target, body, headers);
  assert.ok(answer.status < 300, `${method} ${target}: ${answer.text}`);
  return answer;
};
const site = (await must("POST", `/api/v1/tenants/${who.tenant}/sites`, { name: { en: "Crowd" }, locales: ["en"], host: "crowd" })).json.id;
const api = `/api/v1/sites/${site}`;
const page = (path, title) => ({ locale: "en", path, title, description: "About it.", sections: [{ component: "hero", props: { title } }] });
const PAGES = [["home", "/"], ["rolls", "/rolls"], ["cakes", "/cakes"]];
for (const [id, path] of PAGES) await must("PUT", `${api}/pages/${id}`, page(path, id));
await must("PUT", `${api}/types/note`, { name: "Note", title_field: "title", fields: [{ name: "title", kind: "text" }, { name: "code", kind: "text", unique: true }], listed: ["title"], indexes: [{ name: "newest", sort: "published_at" }] });
await must("POST", `${api}/releases`, { everything: true });

const { DB } = await miniflare.getBindings("manysite-origin");
const refill = setInterval(() => DB.prepare("UPDATE rate_limits SET tokens = 1200").run().catch(() => {}), 1000);
const until = Date.now() + SECONDS * 1000;
const answered = [], written = new Map(), counts = { saves: 0, conflicts: 0, records: 0, publishes: 0, unavailable: 0 };
let released = 0;

async function editor(name) {
  for (let n = 0; Date.now() < until; n++) {
    const [id, path] = PAGES[n % PAGES.length];
    const current = await must("GET", `${api}/pages/${id}`);
    const title = `${id} ${name} ${n}`;
    const answer = await send("PUT", `${api}/pages/${id}`, page(path, title), { "if-match": current.headers.etag });
    if (answer.status === 200) (counts.saves++, answered.push([id, answer.json.revision, title]));
    else if (answer.status === 409) counts.conflicts++;
    else if (answer.status === 503) counts.unavailable++;
    else assert.fail(answer.text);
  }
}
async function script(n) {
  for (let m = 0; Date.now() < until; m++) {
    const id = `s${n}-${m % 20}`, base = written.get(id);
    const body = { type: "note", locale: "en", slug: id, fields: { title: `Note ${m}`, code: id }, publish: m % 3 !== 0 };
    const answer = await send("PUT", `${api}/entities/${id}`, body, base ? { "if-match": `"${base}"` } : {});
    if (answer.status === 200) (counts.records++, written.set(id, answer.json.revision));
    else if (answer.status === 503) counts.unavailable++;
    else assert.fail(`${id} ${base}: ${answer.text}`);
  }
}
async function publisher() {
  while (Date.now() < until) {
    const answer = await send("POST", `${api}/releases`, { everything: true });
    if (answer.status === 201) (counts.publishes++, (released = Math.max(released, answer.json.number)));
    else if (answer.status === 503) counts.unavailable++;
    else assert.fail(answer.text);
  }
}
await Promise.all([editor("ann"), editor("ben"), publisher(), ...Array.from({ length: 10 }, (_, n) => script(n))]);
clearInterval(refill);
await DB.prepare("UPDATE rate_limits SET tokens = 1200").run();

for (const [id, revision, title] of answered) {
  const row = await DB.prepare("SELECT document FROM revisions WHERE site_id = ?1 AND subject = 'page' AND subject_id = ?2 AND number = ?3").bind(site, id, revision).first();
  assert.equal(JSON.parse(row.document).title, title, `${id} ${revision}`);
}
const all = async (sql) => (await DB.prepare(sql).bind(site).all()).results;
for (const row of await all("SELECT subject, subject_id, count(*) AS n, max(number) AS last FROM revisions WHERE site_id = ?1 GROUP BY subject, subject_id")) assert.equal(row.n, row.last, JSON.stringify(row));
for (const [id, revision] of written) assert.equal((await DB.prepare("SELECT revision FROM entities WHERE site_id = ?1 AND id = ?2").bind(site, id).first()).revision, revision, id);
const audit = await all("SELECT number FROM audit WHERE site_id = ?1 ORDER BY number");
assert.deepEqual(audit.map((row) => row.number), audit.map((_, n) => n + 1));
const seqs = await all("SELECT seq FROM entities WHERE site_id = ?1 AND status = 'published' ORDER BY seq");
assert.deepEqual(seqs.map((row) => row.seq), seqs.map((_, n) => n));
const last = await must("POST", `${api}/releases`, { everything: true });
assert.ok(last.json.number >= released);
const newest = JSON.parse((await DB.prepare("SELECT document FROM pages WHERE site_id = ?1 AND id = 'home'").bind(site).first()).document).title;
for (const end = Date.now() + 15_000; !(await ask("GET", `/?${Math.random()}`, { host: "crowd.localhost" })).text.includes(newest); await new Promise((r) => setTimeout(r, 200))) assert.ok(Date.now() < end, newest);
console.log(`soak: | ${SECONDS} s | ${counts.saves} saves of pages, ${counts.conflicts} conflicts, ${counts.records} of records, ${counts.publishes} publishes, ${counts.unavailable} told to try again | nothing lost, every history whole |`);
await miniflare.dispose();
process.exit(0);
