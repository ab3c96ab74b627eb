// The command line of somebody who has just signed up at both Workers over empty stores.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { startOrigin } from "./origin.mjs";
import { ROOT } from "./paths.mjs";
import { SCOPES } from "./workers.mjs";

export const PROGRAM = path.join(ROOT, "target/debug", process.platform === "win32" ? "manysite.exe" : "manysite");

export async function startCommandLine() {
  const world = await startOrigin();
  const { tenant, headers } = await world.signUp("mira@example.org");
  const token = await world.ask("POST", `/api/v1/tenants/${tenant}/tokens`, { body: { name: "Test", scopes: SCOPES, days: 1 }, headers });
  const env = {
    ...process.env, MANYSITE_URL: `http://admin.localhost:${world.port}`, MANYSITE_TOKEN: token.json.token,
    MANYSITE_PICTURES: path.join(ROOT, "target/seed/pictures"),
  };
  /** What a command says with --json; one that fails is an error. */
  const does = async (...args) => JSON.parse((await promisify(execFile)(PROGRAM, ["--json", ...args], { env, maxBuffer: 1 << 26 })).stdout);
  return { ...world, does };
}
