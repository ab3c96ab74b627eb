import { hostOf, init, pathOf, read } from "./records.js";
import { render } from "./template.js";

// Two reads of KV for every request; nothing is held.
export default {
  async fetch(request, env) {
    const url = request.url;
    return new Response(render(await read(env, hostOf(url), pathOf(url))), init);
  },
};
