// The door between workerd and the Wasm module. What costs less here than through generated glue is done here: reads of
// KV and of the edge cache with their limits of time, responses, and the answers that need no thought. The Rust half is
// `worker/src/bindings.rs`. The generated entry, which wraps every request in an object behind a Proxy, is not used.
import Generated from "./build/index.js";

const { serve, apology } = Generated.prototype;

// The host of the edge cache's keys. It is ours alone: nothing is ever fetched from it.
const CACHE_ORIGIN = "https://cache.manysite.internal/";

// Answers that Wasm has given for a URL and stands by for the next seconds. They lie in its memory as well, which counts
// them; here they are limited by number and by bytes, and all forgotten when one is exceeded.
const SHELF_ENTRIES = 512;
const SHELF_BYTES = 8 << 20;
const shelf = new Map();
let shelfBytes = 0;

function shelve(name, entry) {
  // A visitor decides how long an address and a list of languages are.
  const bytes = entry.held.size + name.length;
  if (shelf.size >= SHELF_ENTRIES || shelfBytes + bytes > SHELF_BYTES) {
    shelf.clear();
    shelfBytes = 0;
  }
  // What stands there counts on until all is forgotten: too much, never too little.
  shelfBytes += bytes;
  shelf.set(name, entry);
}

// On a site of several languages a URL has an answer for each way in which a visitor asks for them.
const inLanguage = (url, language) => `${url}\n${language ?? ""}`;

function shelved(request, url) {
  let entry = shelf.get(url);
  if (entry === undefined) return undefined;
  const { headers } = request;
  if (entry.languages) entry = shelf.get(inLanguage(url, headers.get("accept-language")));
  // Who asks how an answer was made gets it from `serve`, which says so.
  if (entry === undefined || Date.now() >= entry.until || request.method !== "GET" || headers.has("x-debug-token")) return undefined;
  const given = headers.get("if-none-match");
  if (given === null) return new Response(entry.held.body, entry.init);
  // Lists of tags and the like are read in one place only.
  return given === entry.held.tag ? entry.held.notModified() : undefined;
}

// A finished answer, ready to be sent any number of times: its bytes, and its headers as lines, names and values by turns.
// Thousands are held, and a `Headers` in each would cost the garbage collector more than making one for a response.
class Held {
  constructor(status, lines, body) {
    this.status = status;
    this.lines = lines;
    this.body = body;
    this.size = body === null ? 0 : body.byteLength;
  }

  get tag() {
    return /(?:^|\n)etag\n(.*)/.exec(this.lines)?.[1];
  }

  response() {
    return new Response(this.body, { status: this.status, headers: headersOf(this.lines) });
  }

  notModified() {
    return new Response(null, { status: 304, headers: headersOf(this.lines) });
  }
}

function headersOf(lines) {
  const texts = lines.split("\n");
  const headers = new Headers();
  for (let n = 0; n + 1 < texts.length; n += 2) {
    try {
      headers.set(texts[n], texts[n + 1]);
    } catch {
      // A value that is no header value is left out rather than breaking the answer.
    }
  }
  return headers;
}

const linesOf = (headers) => [...headers].flat().concat("").join("\n");

function within(limit, what, work) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: no answer within ${limit} ms`)), limit);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

// What Wasm sees of one request's surroundings.
class Door {
  constructor(url, language, env, ctx) {
    this.url = url;
    this.language = language;
    this.env = env;
    this.ctx = ctx;
  }

  variable(name) {
    const value = this.env[name];
    return typeof value === "string" ? value : undefined;
  }

  later(work) {
    this.ctx.waitUntil(work);
  }

  // `undefined` where the binding is missing. Bytes, because Wasm wants bytes.
  kv(key, cacheTtl, limit) {
    return this.env.KV && within(limit, "KV", this.env.KV.get(key, { type: "arrayBuffer", cacheTtl }));
  }

  // Several keys in one call, as texts in their order.
  kvAll(keys, cacheTtl, limit) {
    if (!this.env.KV) return undefined;
    return within(limit, "KV", this.env.KV.get(keys, { cacheTtl })).then((found) => keys.map((key) => found.get(key) ?? undefined));
  }

  hold(status, lines, first, rest) {
    const size = first.length + rest.length;
    let body = null;
    if (size > 0) {
      body = new Uint8Array(size);
      body.set(first);
      body.set(rest, first.length);
    }
    return new Held(status, lines, body);
  }

  stream(status, lines, body) {
    return new Response(body, { status, headers: headersOf(lines) });
  }

  noted(held, lines) {
    return new Held(held.status, held.lines + lines, held.body);
  }

  shelve(held, until, languages) {
    const entry = { held, until, languages, init: { status: held.status, headers: headersOf(held.lines) } };
    shelve(this.url, entry);
    if (languages) shelve(inLanguage(this.url, this.language), entry);
  }

  // Status and text of what the origin answers. Nothing of the visitor's request goes along but its address.
  origin(url, limit) {
    const ask = async () => {
      const response = await this.env.ORIGIN.fetch(url, { redirect: "manual" });
      return [response.status, await response.text()];
    };
    return this.env.ORIGIN && within(limit, "origin", ask());
  }

  // The body of a page in which every way to the site's pages and style sheets leads below the prefix. Its files have
  // addresses there only where `files` says so.
  kept(held, prefix, origin, files) {
    const below = (to) => {
      const path = to === origin || to.startsWith(`${origin}/`) ? to.slice(origin.length) || "/" : to;
      return /^\/(?!\/|-\/(?!style\/))/.test(path) ? prefix + path : to;
    };
    const all = (element, names, change) => {
      for (const name of names) {
        const value = element.getAttribute(name);
        if (value !== null) element.setAttribute(name, change(value));
      }
    };
    let rewriter = new HTMLRewriter()
      .on("a, area, link[rel=stylesheet]", { element: (element) => all(element, ["href"], below) })
      .on("form", { element: (element) => all(element, ["action"], below) });
    if (files) {
      const file = (value) => value.replaceAll("/-/file/", `${prefix}/-/file/`);
      rewriter = rewriter.on("*", { element: (element) => all(element, ["href", "src", "srcset", "imagesrcset", "poster"], file) });
    }
    return rewriter.transform(new Response(held.body)).body;
  }

  cached(key, limit) {
    const read = async () => {
      const response = await caches.default.match(CACHE_ORIGIN + key);
      if (response === undefined) return undefined;
      const headers = new Headers(response.headers);
      // Inside the cache `cache-control` says how long the cache may keep it; the visitor's stands beside it.
      const own = headers.get("x-cache-control");
      if (own !== null) headers.set("cache-control", own);
      // The cache's own: what leaves it is an answer of now.
      for (const name of ["x-cache-control", "cf-cache-status", "age", "date"]) headers.delete(name);
      return new Held(response.status, linesOf(headers), new Uint8Array(await response.arrayBuffer()));
    };
    return within(limit, "cache", read());
  }

  keep(key, held, seconds, limit) {
    const headers = headersOf(held.lines);
    headers.set("x-cache-control", headers.get("cache-control") ?? "no-store");
    headers.set("cache-control", `public, max-age=${seconds}`);
    const response = new Response(held.body, { status: held.status, headers });
    return within(limit, "cache", caches.default.put(CACHE_ORIGIN + key, response));
  }

  cachedText(key, limit) {
    return within(limit, "cache", caches.default.match(CACHE_ORIGIN + key).then((response) => response?.text()));
  }

  keepText(key, text, seconds, limit) {
    const response = new Response(text, { headers: { "cache-control": `public, max-age=${seconds}` } });
    return within(limit, "cache", caches.default.put(CACHE_ORIGIN + key, response));
  }
}

// What ends each request that waits for Wasm, and since when it waits. A trap ends the instance, and with it every future
// in it: nobody would ever answer those who wait. The glue makes a new instance at the next call.
const waiting = new Map();

// No request takes so long; what is older belongs to a visitor who went away.
const ABANDONED = 60_000;

function trapped(error) {
  console.error("Wasm trapped; the next request starts a new instance", error);
  const ends = [...waiting.keys()];
  waiting.clear();
  // Each is answered in its own turn: a response belongs to the request in which it was made.
  for (const end of ends) end();
}

// A trap in a task that Wasm runs by itself arrives here, whether a visitor waits for that task or not.
addEventListener("error", (event) => trapped(event.error));
addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof WebAssembly.RuntimeError) trapped(event.reason);
});

function sorry(door, env) {
  try {
    return apology(door, env);
  } catch (error) {
    console.error("the new Wasm instance does not work either", error);
    return new Response("Something went wrong here. Please try again in a moment.", {
      status: 500,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", "retry-after": "10" },
    });
  }
}

async function ended(answer, door, env) {
  const now = Date.now();
  for (const [end, since] of waiting) {
    if (now - since < ABANDONED) break;
    waiting.delete(end);
  }
  const { promise, resolve } = Promise.withResolvers();
  waiting.set(resolve, now);
  answer.then(resolve, () => resolve());
  const response = await promise;
  waiting.delete(resolve);
  return response ?? sorry(door, env);
}

// In development one port serves both Workers. In production the admin host has a route of its own.
function isForOrigin(url, env) {
  return env.ENVIRONMENT === "development" && env.ORIGIN !== undefined && new URL(url).hostname === env.ADMIN_HOST;
}

export default {
  fetch(request, env, ctx) {
    const { url } = request;
    const found = shelved(request, url);
    if (found !== undefined) return found;
    if (isForOrigin(url, env)) return env.ORIGIN.fetch(request);
    const { headers } = request;
    const header = (name) => headers.get(name) ?? undefined;
    const language = header("accept-language");
    const door = new Door(url, language, env, ctx);
    try {
      const answer = serve(door, env, request.method, url, header("if-none-match"), header("range"), header("if-range"), header("x-debug-token"), language);
      return answer instanceof Response ? answer : ended(answer, door, env);
    } catch (error) {
      trapped(error);
      return sorry(door, env);
    }
  },
};
