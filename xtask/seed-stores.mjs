// Writes published sites into KV, D1 and R2 bindings: `cargo xtask seed` and the tests on the built Worker share it.
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { unstable_splitSqlQuery } from "wrangler";

const MIGRATIONS = path.join(import.meta.dirname, "..", "migrations");

/** Applies the migrations that the database has not had yet, and books them as wrangler does. */
export async function migrate(env) {
  await env.DB.exec("CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)");
  const { results } = await env.DB.prepare("SELECT name FROM d1_migrations").all();
  const applied = new Set(results.map((row) => row.name));
  for (const name of (await readdir(MIGRATIONS)).filter((n) => n.endsWith(".sql")).sort()) {
    if (applied.has(name)) continue;
    const statements = unstable_splitSqlQuery(await readFile(path.join(MIGRATIONS, name), "utf8"));
    await env.DB.batch([...statements.map((sql) => env.DB.prepare(sql)), env.DB.prepare("INSERT INTO d1_migrations (name) VALUES (?1)").bind(name)]);
  }
}

async function inGroups(items, size, progress, work) {
  for (let at = 0; at < items.length; at += size) {
    const group = items.slice(at, at + size);
    await work(group);
    progress(group.length);
  }
}

/** How many values `store` will report for these sites. */
export function countValues(sites) {
  return sites.reduce((sum, s) => sum + s.kv.length + s.records.length + s.documents.length + s.objects.length, 0);
}

/** Replaces everything that a site has in D1; KV and R2 values stand under digests and are overwritten with the same bytes. */
export async function store(env, site, progress = () => {}) {
  const now = new Date().toISOString().replace(/\.\d+/, "");
  await env.DB.batch([
    env.DB.prepare("DELETE FROM search WHERE rowid IN (SELECT row FROM search_documents WHERE site_id = ?1)").bind(site.site),
    ...["search_documents", "entity_lists", "entities", "entity_types"].map((table) => env.DB.prepare(`DELETE FROM ${table} WHERE site_id = ?1`).bind(site.site)),
    ...site.types.map(([id, definition]) =>
      env.DB.prepare("INSERT INTO entity_types (site_id, id, definition, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)").bind(site.site, id, JSON.stringify(definition), now)),
  ]);
  // One statement a group: its rows come out of one JSON text.
  await inGroups(site.records, 100, progress, (group) => {
    const rows = group.map(({ record: r, ...s }) => ({
      id: r.id, kind: r.kind, locale: r.locale, group: r.group, slug: r.slug, title: s.title, summary: s.summary,
      data: JSON.stringify(r.fields), relations: JSON.stringify(s.relations), at: r.published_at, seq: s.seq,
    }));
    const entries = group.flatMap(({ record: r, listed, entries }) => entries.map(([list, sort]) => ({ list, sort, id: r.id, slug: r.slug, at: r.published_at, fields: JSON.stringify(listed) })));
    return env.DB.batch([
      env.DB.prepare(
        `INSERT INTO entities (site_id, id, kind, locale, group_id, slug, title, summary, status, data, relations, published_at, created_at, updated_at, seq)
         SELECT ?1, v->>'id', v->>'kind', v->>'locale', v->>'group', v->>'slug', v->>'title', v->>'summary', 'published', v->>'data', v->>'relations', v->>'at', v->>'at', v->>'at', v->>'seq'
         FROM (SELECT value AS v FROM json_each(?2))`).bind(site.site, JSON.stringify(rows)),
      env.DB.prepare(
        `INSERT INTO entity_lists (site_id, list, sort, entity_id, slug, published_at, fields)
         SELECT ?1, v->>'list', v->>'sort', v->>'id', v->>'slug', v->>'at', v->>'fields' FROM (SELECT value AS v FROM json_each(?2)) WHERE true
         ON CONFLICT DO NOTHING`).bind(site.site, JSON.stringify(entries)),
    ]);
  });
  const used = new Map();
  const rowOf = (at) => {
    const seconds = at ? Math.floor(Date.parse(at) / 1000) : 1;
    const tie = used.get(seconds) ?? (used.set(seconds, siteOffset(site.site)), used.get(seconds));
    used.set(seconds, tie + 1);
    return seconds * 2 ** 20 + tie;
  };
  await inGroups(site.documents, 100, progress, (group) => {
    const rows = group.map(([kind, id, scope, title, body, path, summary, at]) => ({ kind, id, scope, title, body, path, summary, row: rowOf(at) }));
    const json = JSON.stringify(rows);
    return env.DB.batch([
      env.DB.prepare("INSERT INTO search (rowid, scope, title, body, path, summary) SELECT v->>'row', v->>'scope', v->>'title', v->>'body', v->>'path', v->>'summary' FROM (SELECT value AS v FROM json_each(?1))").bind(json),
      env.DB.prepare("INSERT INTO search_documents (site_id, kind, id, row) SELECT ?1, v->>'kind', v->>'id', v->>'row' FROM (SELECT value AS v FROM json_each(?2))").bind(site.site, json),
    ]);
  });
  await putObjects(env, site.objects, progress);
  // In their order: the host records come last and make the rest visible.
  for (const [key, value] of site.kv) {
    await env.KV.put(key, value);
    progress(1);
  }
}

/** Stores files in R2, each from a path. */
export function putObjects(env, objects, progress = () => {}) {
  return inGroups(objects, 8, progress, (group) =>
    Promise.all(group.map(async ({ name, type, path }) => env.FILES.put(name, await readFile(path), { httpMetadata: { contentType: type } }))));
}

// Two sites with documents of the same second need different rows.
function siteOffset(site) {
  let hash = 0;
  for (const c of site) hash = (hash * 31 + c.codePointAt(0)) % 1021;
  return hash * 1024;
}
