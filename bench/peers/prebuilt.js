import { held, init } from "./records.js";
import { render } from "./template.js";

const encoder = new TextEncoder();

// Finished bytes of every page. The first request of each draws it.
export default held((page) => new Response((page.bytes ??= encoder.encode(render(page))), init));
