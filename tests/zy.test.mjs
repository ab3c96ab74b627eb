import { test } from "node:test";
import { startWorld } from "./lib/world.mjs";
const w = await startWorld();
test("y", async () => { for (const s of ["agency","shop"]) {const r = await w.visit(s,"/"); console.log(r.status, r.text.replace(/<style>.*<\/style>/,"").slice(0,400)); } console.log(w.logs); });
