// Stands before the entry in trap.test.mjs and makes WebAssembly trap inside of a request, as a bug in the product would: a
// binding that the product's Wasm calls runs an `unreachable` instruction of a module of its own. A trap that was raised in
// Wasm cannot be caught by the Wasm frames above it.
import entry from "./entry.js";
import trapModule from "./trap.wasm";

const trap = () => new WebAssembly.Instance(trapModule).exports.trap();

/** Traps when a read of the binding names the page that the request asks to trap at. */
function trapping(binding, method) {
  return new Proxy(binding, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name === method) return (...given) => trap(given);
      return typeof value === "function" && name !== "constructor" ? value.bind(target) : value;
    },
  });
}

/** KV that takes its time. */
const slow = (kv) => ({ get: async (...given) => (await new Promise((done) => setTimeout(done, 1_000)), kv.get(...given)) });

export default {
  fetch(request, env, ctx) {
    const at = request.headers.get("x-test-trap");
    if (at === "kv") return entry.fetch(request, { ...env, KV: trapping(env.KV, "get") }, ctx);
    if (at === "nothing, slowly") return entry.fetch(request, { ...env, KV: slow(env.KV) }, ctx);
    if (at === "d1") return entry.fetch(request, { ...env, DB: trapping(env.DB, "withSession") }, ctx);
    if (at === "r2") return entry.fetch(request, { ...env, FILES: trapping(env.FILES, "get") }, ctx);
    if (at === "start") {
      // Synchronous: the Worker looks where it runs before it waits for anything, first in its entry and then in Wasm.
      let looks = 0;
      const broken = new Proxy(env, { get: (target, name) => (name === "ENVIRONMENT" && (looks += 1) > 1 ? trap() : Reflect.get(target, name, target)) });
      return entry.fetch(request, broken, ctx);
    }
    return entry.fetch(request, env, ctx);
  },
};
