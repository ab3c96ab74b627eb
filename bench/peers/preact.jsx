import { renderToString } from "preact-render-to-string";
import { Page } from "./page.jsx";
import { held, init, parse } from "./records.js";

export default held((page) => new Response(`<!doctype html>${renderToString(<Page {...parse(page)} />)}`, init));
