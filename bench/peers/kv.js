// KV for the benchmark: the protocol by which workerd reads a namespace, over records in memory. A host
// `<name>.localhost` has a site of the same name with the benchmark's pages, so that there are as many sites as wanted.
// `/-/counts` says how often it was asked; `/-/nothing` answers at once.
import pairs from "records.json";

const records = new Map(JSON.parse(pairs));
const hostText = records.get("host/bench.localhost");
const pages = new Map([...records].filter(([key]) => key.startsWith("page/")).map(([key, text]) => [key.split("/")[2], text]));
const counts = { kv: 0, cacheGet: 0, cachePut: 0 };

export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/-/counts") return Response.json(counts);
    counts.kv += 1;
    const [kind, name, hash] = decodeURIComponent(pathname.slice(1)).split("/");
    if (kind === "page") return answer(pages.get(hash));
    if (kind !== "host") return answer(records.get(`${kind}/${name}/${hash}`));
    if (name === "bench.localhost") return answer(hostText);
    const site = name.split(".")[0];
    return answer(hostText.replaceAll('"bench"', `"${site}"`).replaceAll("bench.localhost", name));
  },
};

const answer = (text) => (text === undefined ? new Response(null, { status: 404 }) : new Response(text));

// The edge cache of a process that has just begun: it has nothing, and takes everything.
export const cache = {
  async fetch(request) {
    if (request.method === "PUT") {
      counts.cachePut += 1;
      await request.arrayBuffer();
      return new Response(null, { status: 204 });
    }
    counts.cacheGet += 1;
    return new Response(null, { status: 504, headers: { "cf-cache-status": "MISS" } });
  },
};
