// Writes a bundle of published sites into the local KV, D1 and R2 of wrangler.toml.
import { readFile } from "node:fs/promises";
import { getPlatformProxy } from "wrangler";
import { countValues, migrate, putObjects, store } from "./seed-stores.mjs";

const [bundlePath, platformPath, state] = process.argv.slice(2);
const sites = JSON.parse(await readFile(bundlePath, "utf8"));
const platform = JSON.parse(await readFile(platformPath, "utf8"));
const { env, dispose } = await getPlatformProxy({ configPath: "wrangler.toml", persist: { path: `${state}/v3` }, remoteBindings: false });

const total = countValues(sites);
let done = 0;
const progress = (count) => {
  done += count;
  if (process.stderr.isTTY) process.stderr.write(`\r  ${done} of ${total} values stored`);
};

await migrate(env);
await putObjects(env, platform);
for (const site of sites) await store(env, site, progress);
if (process.stderr.isTTY) process.stderr.write("\n");
await dispose();
