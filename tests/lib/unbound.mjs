// Stands before the entry in bindings.test.mjs and takes away or silences what a request's header names.
import entry from "./entry.js";

const never = () => new Promise(() => {});

/** A binding, or what it hands out, whose methods of these names never answer. */
const silent = (binding) => new Proxy(binding, {
  get(target, name) {
    const value = Reflect.get(target, name, target);
    if (name === "get" || name === "batch") return never;
    if (name === "withSession") return (...given) => silent(target.withSession(...given));
    return typeof value === "function" && name !== "constructor" ? value.bind(target) : value;
  },
});

export default {
  fetch(request, env, ctx) {
    const without = request.headers.get("x-test-without");
    const hanging = request.headers.get("x-test-silent");
    const bound = { ...env };
    if (without) delete bound[without];
    if (hanging) bound[hanging] = silent(env[hanging]);
    return entry.fetch(request, bound, ctx);
  },
};
