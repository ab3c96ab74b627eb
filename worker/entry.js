// The door between workerd and the Wasm module. The generated entry wraps every request in a new object behind a
// Proxy; this one calls the exports themselves, and goes through the generated one only to start a new instance
// after a trap.
import Generated from "./build/index.js";

const { warm, serve } = Generated.prototype;

function afterTrap(error, env, ctx) {
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  console.error("Wasm trapped, the next request starts a new instance", error);
  globalThis.__worker_init_state.criticalError = true;
  new Generated(ctx, env);
}

function sorry() {
  return new Response("Something went wrong here. Please try again.", {
    status: 500,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
}

// In development one port serves both Workers. In production the admin host has a route of its own.
function isForOrigin(request, env) {
  return env.ENVIRONMENT === "development" && env.ORIGIN !== undefined && new URL(request.url).hostname === env.ADMIN_HOST;
}

export default {
  fetch(request, env, ctx) {
    try {
      if (isForOrigin(request, env)) return env.ORIGIN.fetch(request);
      // Who asks how an answer was made gets it from `serve`, which says so.
      const asks = env.ENVIRONMENT === "development" || request.headers.has("x-debug-token");
      if (request.method === "GET" && !asks) {
        const held = warm(request.url, request.headers.get("if-none-match") ?? undefined);
        if (held !== undefined) return held;
      }
      return serve(request, env, ctx).catch((error) => {
        afterTrap(error, env, ctx);
        return sorry();
      });
    } catch (error) {
      afterTrap(error, env, ctx);
      return sorry();
    }
  },
};
