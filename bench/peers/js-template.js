import { held, init } from "./records.js";
import { render } from "./template.js";

export default held((page) => new Response(render(page), init));
