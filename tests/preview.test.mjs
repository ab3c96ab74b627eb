// Links that show drafts, on both Workers as they are built.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import http from "node:http";
import { test } from "node:test";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { all, attribute, hasClass, textOf } from "./lib/html.mjs";
import { startOrigin } from "./lib/origin.mjs";
import { ROOT } from "./lib/paths.mjs";

const { miniflare, port, ask, signUp } = await startOrigin();
const mira = await signUp("mira@example.org");
const must = async (method, target, body, headers = {}) => {
  const answer = await ask(method, target, { body, headers: { ...mira.headers, ...headers } });
  assert.ok(answer.status < 300, `${method} ${target}: ${answer.text}`);
  return answer;
};

const hero = (title, more = {}) => ({ component: "hero", props: { title, ...more } });
const page = (path, title, sections = [hero(title)]) => ({ locale: "en", path, title, description: `About ${title}.`, sections });

/** A site with a home page and another one that lead to each other. */
async function makeSite(host) {
  const made = await must("POST", `/api/v1/tenants/${mira.tenant}/sites`, { name: { en: host }, locales: ["en"], host });
  const api = `/api/v1/sites/${made.json.id}`;
  const actions = [{ label: "About", href: "/about" }, { label: "Elsewhere", href: "https://other.example/about" }];
  await must("PUT", `${api}/pages/home`, page("/", "Old bread", [hero("Old bread", { actions })]));
  await must("PUT", `${api}/pages/about`, page("/about", "About", [hero("About", { actions: [{ label: "Home", href: "/" }, { label: "Mail", href: "mailto:a@b.example" }] })]));
  await must("PUT", `${api}/pages/search`, page("/search", "Search", [{ component: "search-box", props: { action: "/search" } }, { component: "search-results", props: { title: "Results" } }]));
  await must("PUT", `${api}/settings/search`, { en: "/search" });
  return { id: made.json.id, api, host: `${host}.localhost` };
}

/** What a link leads to, opened on its host or another one. */
function open(url, host = new URL(url).hostname, headers = {}) {
  const { pathname, search } = new URL(url);
  return ask("GET", pathname + search, { host, headers });
}

const within = (url) => /^\/-\/now\/preview\/[^/]+/.exec(new URL(url).pathname)[0];
const links = (text, name = "a", from = "href") => all(text, name).map((e) => attribute(e, from)).filter((to) => to && !to.startsWith("#"));
const bar = (text) => all(text, "aside").filter((e) => hasClass(e, "preview")).map(textOf).join();

const bakery = await makeSite("bakery");
await must("POST", `${bakery.api}/releases`, { everything: true });
const saved = await must("GET", `${bakery.api}/pages/home`);
const start = `http://bakery.localhost:${port}`;
const whole = { component: "cta", props: { title: "More", actions: [{ label: "Whole", href: `${start}/about?a="1"&b=2` }, { label: "Start", href: start }] } };
const draft = { ...saved.json.document, title: "New bread", sections: [hero("New bread", { actions: saved.json.document.sections[0].props.actions }), whole] };
await must("PUT", `${bakery.api}/pages/home`, draft, { "if-match": saved.headers.etag });

test("a link shows the draft on the site's own host while visitors see what is published", async () => {
  const { url, expires_at, problems } = (await must("POST", `${bakery.api}/previews?hours=2`, { pages: ["home"] })).json;
  assert.match(url, new RegExp(`^http://bakery\\.localhost:${port}/-/now/preview/${bakery.id}\\.[0-9a-z]{20}\\.\\d{10}\\.[0-9a-f]{32}/$`));
  assert.ok(Math.abs(Date.parse(expires_at) - Date.now() - 7_200_000) < 60_000, expires_at);
  assert.deepEqual(problems, []);
  const shown = await open(url);
  assert.equal(shown.status, 200, shown.text);
  assert.match(shown.text, /<h1[^>]*>New bread/);
  assert.match(bar(shown.text), /^Preview until \d+ \w+ \d{4}, \d\d:\d\d UTC$/);
  assert.equal(all(shown.text, "script").filter((e) => attribute(e, "type") !== "application/ld+json").length, 0);
  const { headers } = shown;
  assert.deepEqual([headers["cache-control"], headers["x-robots-tag"], headers.etag], ["private, no-store", "noindex", undefined]);
  assert.match(headers["content-security-policy"], /default-src 'none'/);
  const published = await ask("GET", "/", { host: bakery.host });
  assert.match(published.text, /<h1[^>]*>Old bread/);
  assert.equal(bar(published.text), "");
  const head = await ask("HEAD", new URL(url).pathname, { host: bakery.host });
  assert.deepEqual([head.status, head.text, head.headers["cache-control"]], [200, "", "private, no-store"]);
});

test("whoever is inside stays inside", async () => {
  const { url } = (await must("POST", `${bakery.api}/previews`, { everything: true })).json;
  const [prefix, origin] = [within(url), start];
  const home = await open(url);
  const ways = links(home.text).filter((to) => to !== "#main");
  assert.deepEqual(ways, [`${prefix}/about`, "https://other.example/about", `${prefix}/about?a="1"&b=2`, `${prefix}/`]);
  const about = await open(`${origin}${prefix}/about`);
  assert.deepEqual(links(about.text).filter((to) => to !== "#main"), [`${prefix}/`, "mailto:a@b.example"]);
  assert.equal((await open(origin + prefix)).headers.location, `${prefix}/`);
  assert.equal((await open(`${origin}${prefix}/About/?a=b`)).headers.location, `${prefix}/about?a=b`);
  const search = await open(`${origin}${prefix}/search?q=bread`);
  assert.deepEqual([search.status, ...links(search.text, "form", "action")], [200, `${prefix}/search`]);
  const style = all(home.text, "link").filter((e) => attribute(e, "rel") === "stylesheet").map((e) => attribute(e, "href"));
  assert.ok(style.length === 1 && style[0].startsWith(`${prefix}/-/style/`), style.join());
  const css = await open(origin + style[0]);
  assert.deepEqual([css.status, css.headers["content-type"], css.headers["cache-control"]], [200, "text/css; charset=utf-8", "private, no-store"]);
  assert.match(css.text, /\.preview\{/);
  for (const path of ["/nowhere", "/sitemap.xml", "/robots.txt"]) assert.equal((await open(origin + prefix + path)).status, 404, path);
});

test("a draft of the theme is shown in the preview alone", async () => {
  const theme = await must("GET", `${bakery.api}/settings/theme`);
  await must("PUT", `${bakery.api}/settings/theme`, { ...theme.json.document, css: ".hero{letter-spacing:.123em}" }, { "if-match": theme.headers.etag });
  const { url } = (await must("POST", `${bakery.api}/previews`, { settings: ["theme"] })).json;
  const css = async (text) => (await ask("GET", all(text, "link").find((e) => attribute(e, "rel") === "stylesheet").attrs.find((a) => a.name === "href").value, { host: bakery.host })).text;
  assert.match(await css((await open(url)).text), /letter-spacing:\s*\.123em/);
  const published = await ask("GET", "/", { host: bakery.host });
  assert.doesNotMatch(await css(published.text), /\.123em/);
});

test("caches hold nothing of a preview", async () => {
  const { url } = (await must("POST", `${bakery.api}/previews`, { everything: true })).json;
  const about = url.replace(/\/$/, "/about");
  for (let n = 0; n < 3; n += 1) assert.equal((await open(about, undefined, { "if-none-match": "*" })).status, 200);
  const first = await ask("GET", "/about", { host: bakery.host });
  assert.equal(first.headers["cache-status"], "manysite; detail=miss");
  assert.equal(bar(first.text), "");
  // And the other way round.
  assert.equal((await ask("GET", "/about", { host: bakery.host })).headers["cache-status"], "manysite; detail=memory");
  assert.match(bar((await open(about)).text), /^Preview until/);
  const KV = await miniflare.getKVNamespace("KV", "manysite");
  const { keys } = await KV.list({ prefix: `page/${bakery.id}/` });
  const { DB } = await miniflare.getBindings("manysite-origin");
  const { results } = await DB.prepare("SELECT count(*) AS pages FROM published_records WHERE site_id = ?1 AND kind = 'page'").bind(bakery.id).all();
  assert.equal(keys.length, results[0].pages, "KV has what was published and no more");
});

test("a link that was changed, has ended or is another site's shows nothing", async () => {
  const other = await makeSite("other");
  const { id, url } = (await must("POST", `${bakery.api}/previews`, { everything: true })).json;
  const token = within(url).split("/").at(-1);
  const at = (changed, host = bakery.host) => ask("GET", `/-/now/preview/${changed}/`, { host });
  const is = (answer, status, words) => {
    assert.deepEqual([answer.status, answer.headers["cache-control"], answer.headers["x-robots-tag"]], [status, "private, no-store", "noindex"]);
    assert.match(answer.text, words);
    assert.doesNotMatch(answer.text, /bread|bakery/i);
  };
  assert.equal((await at(token)).status, 200);
  const [site, name, until, signature] = token.split(".");
  const forged = [[other.id, name, until, signature], [site, name, Number(until) + 1, signature], [site, name, until, "0".repeat(32)], [site, name, until]].map((parts) => parts.join("."));
  for (const changed of [...forged, "x", "%00", `${token}0`]) is(await at(changed), 404, /This link does not work/);
  for (const host of [other.host, "nowhere.localhost"]) is(await at(token, host), 404, /This link does not work/);
  // A token as docs/api.md has it, over since a second.
  const secret = unstable_getMiniflareWorkerOptions(`${ROOT}/origin/wrangler.toml`).workerOptions.bindings.LINK_SECRET;
  const sign = (parts) => `${parts.join(".")}.${createHmac("sha256", secret).update(`preview\n${parts.join(".")}`).digest("hex").slice(0, 32)}`;
  assert.equal(sign([site, name, until]), token);
  is(await at(sign([site, name, Math.floor(Date.now() / 1000) - 1])), 410, /This preview has ended/);
  await must("DELETE", `${bakery.api}/previews/${id}`);
  is(await at(token), 410, /This preview has ended/);
});

/** Adds a picture to a site. */
function upload(api, name) {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300" fill="#a52"/></svg>';
  return new Promise((resolve, reject) => {
    const headers = { host: `admin.localhost:${port}`, "content-length": svg.length, ...mira.headers };
    http.request({ hostname: "127.0.0.1", port, method: "POST", path: `${api}/assets?name=${name}`, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece) => (text += piece)).on("error", reject);
      response.on("end", () => resolve(JSON.parse(text)));
    }).on("error", reject).end(svg);
  });
}

test("a site is seen with its pictures before its first release, and once it is published the link shows that", async () => {
  const fresh = await makeSite("fresh");
  const file = await upload(fresh.api, "loaf.svg");
  const large = { label: "Large", href: file.url };
  const picture = { component: "image", props: { image: { file: "loaf.svg", alt: "A loaf" } } };
  await must("PUT", `${fresh.api}/pages/bread`, page("/bread", "A loaf of bread", [hero("A loaf of bread", { actions: [large] }), picture]));
  const { url } = (await must("POST", `${fresh.api}/previews`, { everything: true })).json;
  assert.equal((await ask("GET", "/", { host: fresh.host })).status, 404);
  const bread = await open(url.replace(/\/$/, "/bread"));
  assert.match(bread.text, /<h1[^>]*>A loaf of bread/);
  const [src] = links(bread.text, "img", "src");
  assert.ok(src.startsWith(`${within(url)}/-/file/`), src);
  assert.equal(links(bread.text).at(-1), within(url) + large.href);
  const seen = await ask("GET", src, { host: fresh.host });
  assert.deepEqual([seen.status, seen.headers["content-type"], seen.headers["cache-control"]], [200, "image/svg+xml", "private, no-store"]);
  assert.equal((await ask("GET", src.slice(within(url).length), { host: fresh.host })).status, 404);
  await must("POST", `${fresh.api}/releases`, { everything: true });
  const after = await open(url.replace(/\/$/, "/bread"));
  assert.match(after.text, /<h1[^>]*>A loaf of bread/);
  assert.ok(links(after.text, "img", "src")[0].startsWith("/-/file/"), "the host serves its files now");
  assert.equal(links(after.text).at(-1), large.href);
});

test("what keeps drafts from being published is in the bar", async () => {
  const torn = await makeSite("torn");
  await must("PUT", `${torn.api}/pages/torn`, page("/torn", "Torn", [hero("Torn", { actions: [{ label: "Away", href: "/gone" }] })]));
  const { url, problems } = (await must("POST", `${torn.api}/previews`, { everything: true })).json;
  assert.equal(problems.length, 1, JSON.stringify(problems));
  const shown = await open(url.replace(/\/$/, "/torn"));
  assert.match(bar(shown.text), /⚠ 1.*pages\/torn: sections\[0\].*there is no page \/gone/s);
});

test("a suspended tenant's drafts are not shown", async () => {
  const owner = await signUp("owner@example.org");
  const { url } = (await must("POST", `${bakery.api}/previews`, { everything: true })).json;
  const change = async (status) => {
    const answer = await ask("PATCH", `/api/v1/platform/tenants/${mira.tenant}`, { body: { status }, headers: owner.headers });
    assert.equal(answer.status, 200, answer.text);
  };
  await change("suspended");
  const paused = await open(url);
  assert.equal(paused.status, 503);
  assert.match(paused.text, /This website is paused/);
  await change("active");
  assert.equal((await open(url)).status, 200);
});
