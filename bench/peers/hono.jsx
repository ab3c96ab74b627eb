import { Page } from "./page.jsx";
import { held, init, parse } from "./records.js";

// Hono's JSX alone, without its router: the other peers have none either.
export default held((page) => new Response(`<!doctype html>${(<Page {...parse(page)} />).toString()}`, init));
