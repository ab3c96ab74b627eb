// Pages that come, change, move and go at a time to come, on both Workers as they are built.
import assert from "node:assert/strict";
import { test } from "node:test";
import { across, inSeconds } from "./lib/moment.mjs";
import { startOrigin } from "./lib/origin.mjs";

const { miniflare, ask, signUp } = await startOrigin();
const mira = await signUp("mira@example.org");
const must = async (method, target, body, headers = {}) => {
  const answer = await ask(method, target, { body, headers: { ...mira.headers, ...headers } });
  assert.ok(answer.status < 300, `${method} ${target}: ${answer.text}`);
  return answer;
};

const page = (path, title, sections = []) => ({ locale: "en", path, title, description: `About ${title}.`, sections: [{ component: "hero", props: { title } }, ...sections] });
const made = await must("POST", `/api/v1/tenants/${mira.tenant}/sites`, { name: { en: "Bakery" }, locales: ["en"], host: "bakery" });
const api = `/api/v1/sites/${made.json.id}`;
const pages = {
  home: page("/", "Bread"),
  rolls: page("/rolls", "Rolls"),
  winter: page("/winter", "Winter"),
  search: page("/search", "Search", [{ component: "search-results", props: { title: "Results" } }]),
};
for (const [id, document] of Object.entries(pages)) await must("PUT", `${api}/pages/${id}`, document);
await must("PUT", `${api}/settings/search`, { en: "/search" });
await must("POST", `${api}/releases`, { everything: true });

const visit = (target) => ask("GET", target, { host: "bakery.localhost" });
const TARGETS = ["/", "/rolls", "/buns", "/winter", "/spring", "/search?q=stollen", "/search?q=winter", "/sitemap/pages.xml"];

/** What a visitor is told everywhere, in short. */
async function look() {
  const [home, rolls, buns, winter, spring, stollen, cold, sitemap] = await Promise.all(TARGETS.map(visit));
  const status = ({ status, headers }) => (headers.location ? `${status} ${headers.location}` : status);
  return {
    home: /<h1[^>]*>(.*?)<\/h1>/.exec(home.text)?.[1],
    statuses: [rolls, buns, winter, spring].map(status),
    found: [stollen, cold].map(({ text }) => [...text.matchAll(/href="(\/(?:winter)?)"[^>]*>(?:Stollen|Winter)/g)].length > 0),
    listed: ["/rolls<", "/buns<", "/winter<", "/spring<"].map((end) => sitemap.text.includes(end)),
  };
}

const BEFORE = { home: "Bread", statuses: [200, 404, 200, 404], found: [false, true], listed: [true, false, true, false] };
const AFTER = { home: "Stollen", statuses: ["301 /buns", 200, 404, 200], found: [true, false], listed: [false, true, false, true] };

test("all that a visitor sees changes in the same second, with nothing written then", async () => {
  assert.deepEqual(await look(), BEFORE);
  await must("PUT", `${api}/pages/home`, page("/", "Stollen"), { "if-match": '"1"' });
  await must("PUT", `${api}/pages/rolls`, page("/buns", "Buns"), { "if-match": '"1"' });
  await must("PUT", `${api}/pages/spring`, page("/spring", "Spring"));
  const at = inSeconds(10);
  const order = { pages: ["home", "rolls", "spring"], unpublish: ["winter"], at: new Date(at).toISOString() };
  const { schedule } = (await must("POST", `${api}/releases`, order)).json;
  assert.equal(Date.parse(schedule.at), at);
  assert.equal((await must("GET", `${api}/pages/home`)).json.scheduled[0].revision, 2);
  const { KV } = await miniflare.getBindings("manysite");
  const record = await KV.get("host/bakery.localhost");
  const judged = await across(at, look, {
    before: (seen) => assert.deepEqual(seen, BEFORE),
    after: (seen) => assert.deepEqual(seen, AFTER),
  });
  assert.ok(judged.before > 10, JSON.stringify(judged));
  assert.equal(await KV.get("host/bakery.localhost"), record);
  // The next publish writes it down, and shows it on.
  await must("POST", `${api}/releases`, { pages: ["search"] });
  const newest = (await must("GET", `${api}/releases?limit=1`)).json.releases[0];
  assert.equal(Date.parse(newest.created_at), at, JSON.stringify(newest));
  assert.deepEqual((await must("GET", `${api}/schedules`)).json.schedules, []);
  for (const end = Date.now() + 7_000; Date.now() < end; ) assert.deepEqual(await look(), AFTER);
});
