import { renderToString } from "react-dom/server.edge";
import { Page } from "./page.jsx";
import { held, init, parse } from "./records.js";

export default held((page) => new Response(`<!doctype html>${renderToString(<Page {...parse(page)} />)}`, init));
