// Every list that can be filtered, ordered or leafed through, on every demo site.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { followPages, listOf } from "./lib/lists.mjs";
import { readSites } from "./lib/state.mjs";
import { SITES, startWorld } from "./lib/world.mjs";

const world = await startWorld();
const sites = new Map((await readSites()).map((site) => [site.site, site]));

/** Pages with a list of that kind: exact paths of the site, each asked once. */
async function pagesWithLists(site) {
  const record = JSON.parse(sites.get(site).kv.find(([key]) => key === `host/${site}.localhost`)[1]).content;
  const found = [];
  for (const path of Object.keys(record.routes.exact)) {
    const address = encodeURI(path);
    const answer = await world.visit(site, address);
    const list = answer.status === 200 && listOf(answer.text);
    if (list) found.push({ path: address, list });
  }
  return found;
}

for (const site of SITES) {
  describe(site, () => {
    let pages;
    before(async () => {
      pages = await pagesWithLists(site);
    });

    test("leafing forward visits every record once, and leafing back the same ones", async (t) => {
      assert.ok(pages.length > 0);
      for (const { path } of pages) {
        const forward = await followPages(world, site, path, "next");
        const entries = forward.flatMap((page) => page.entries);
        assert.equal(new Set(entries).size, entries.length, `${path} shows a record twice`);
        const back = (await followPages(world, site, forward.at(-1).path, "prev")).reverse();
        // The first page backwards may be fuller or emptier than the first one forwards: only the order counts.
        assert.deepEqual(back.flatMap((page) => page.entries), entries, `${path} backwards`);
        t.diagnostic(`${path}: ${entries.length} records on ${forward.length} pages`);
      }
    });

    test("every offered choice, and every combination of them, answers with what it says", async (t) => {
      for (const { path, list } of pages.filter((page) => page.list.choices.length)) {
        const single = new Set(list.choices.flat().map((choice) => choice.href));
        const [seen, waiting] = [new Set(), [...single]];
        for (let address = waiting.shift(); address; address = waiting.shift()) {
          if (seen.has(address)) continue;
          seen.add(address);
          const answer = await world.visit(site, address);
          assert.equal(answer.status, 200, address);
          const found = listOf(answer.text) ?? assert.fail(`${address} shows no list`);
          assert.ok(found.entries.length > 0 || (!single.has(address) && found.notices.length === 1), `${address} shows nothing`);
          const query = new URL(address, "http://x").searchParams;
          const chosen = found.choices.map((group) => group.filter((choice) => choice.current));
          assert.ok(chosen.every((group) => group.length <= 1), `${address}: one choice of each kind`);
          for (const [name, value] of query) {
            assert.ok(chosen.flat().some((c) => new URL(c.href, "http://x").searchParams.get(name) === value), `${address} does not show ${name}=${value} as chosen`);
          }
          waiting.push(...found.choices.flat().map((choice) => choice.href));
        }
        t.diagnostic(`${path}: ${seen.size} combinations`);
      }
    });

    test("the choices of a filter show records of the whole list and nothing else", async () => {
      for (const { path, list } of pages.filter((page) => page.list.choices.length)) {
        const whole = new Set((await followPages(world, site, path, "next")).flatMap((page) => page.entries));
        for (const { href } of list.choices.flat()) {
          const some = (await followPages(world, site, href, "next")).flatMap((page) => page.entries);
          assert.equal(new Set(some).size, some.length, href);
          for (const entry of some) assert.ok(whole.has(entry), `${href} shows ${entry}`);
          if (/[?&]sort=/.test(href) && !/&/.test(href)) assert.equal(some.length, whole.size, `${href} loses records`);
        }
      }
    });

    test("a choice or place that is not offered shows the list as it begins", async () => {
      for (const { path } of pages) {
        const plain = (await world.visit(site, path)).text;
        for (const query of ["?sort=no.such", "?after=%00", "?before=x", "?after=", "?category=%27%20OR%201=1", "?topic=../x", "?sort=", "?after=tx~y&after=tz~w", `?after=${"a".repeat(5_000)}`]) {
          const answer = await world.visit(site, path + query);
          assert.equal(answer.status, 200, path + query);
          if (!query.startsWith("?after=t") && !query.startsWith("?before")) assert.deepEqual(listOf(answer.text)?.entries, listOf(plain).entries, path + query);
        }
      }
    });
  });
}
