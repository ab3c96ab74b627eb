// KV, D1 and R2 filled with the demo sites, once for each state of the seed. Every test gets a copy of its own, so that no
// test sees what another one wrote.
import { createHash } from "node:crypto";
import { copyFile, link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Miniflare } from "miniflare";
import { migrate, store } from "../../xtask/seed-stores.mjs";
import { describe } from "./options.mjs";
import { ROOT } from "./paths.mjs";

const OUTPUT = path.join(ROOT, "tests/output");
const BUNDLE = path.join(ROOT, "target/seed/bundle.json");

/** The demo sites as `cargo xtask seed` has published them. */
export async function readSites() {
  try {
    return JSON.parse(await readFile(BUNDLE, "utf8"));
  } catch (error) {
    throw new Error(`target/seed/bundle.json cannot be read; \`cargo xtask seed\` writes it (${error.message})`);
  }
}

async function digestOfInputs() {
  const hash = createHash("sha256").update(await readFile(BUNDLE));
  const folders = ["migrations", "tests/lib"].map((folder) => path.join(ROOT, folder));
  for (const folder of folders) {
    for (const name of (await readdir(folder)).sort()) hash.update(name).update(await readFile(path.join(folder, name)));
  }
  for (const file of ["wrangler.toml", "xtask/seed-stores.mjs"]) hash.update(await readFile(path.join(ROOT, file)));
  return hash.digest("hex").slice(0, 16);
}

async function exists(file) {
  return stat(file).then(() => true, () => false);
}

async function seededFolder() {
  const folder = path.join(OUTPUT, `state-${await digestOfInputs()}`);
  if (await exists(folder)) return folder;
  await mkdir(OUTPUT, { recursive: true });
  // Made aside and renamed: two test files may begin at once, and an interrupted seed leaves nothing half done.
  const aside = await mkdtemp(path.join(OUTPUT, "seeding-"));
  const miniflare = new Miniflare(describe({ modules: [{ type: "ESModule", path: "seed.js", contents: "export default {}" }], persist: aside }));
  try {
    const env = await miniflare.getBindings();
    await migrate(env);
    for (const site of await readSites()) await store(env, site);
    await addHosts(env);
  } finally {
    await miniflare.dispose();
  }
  await rename(aside, folder).catch(async (error) => {
    await rm(aside, { recursive: true });
    if (!(await exists(folder))) throw error;
  });
  for (const name of await readdir(OUTPUT)) {
    if (name.startsWith("state-") && !folder.endsWith(name)) await rm(path.join(OUTPUT, name), { recursive: true, force: true });
  }
  return folder;
}

/** Hosts of the tests' own: a suspended and an archived site. */
async function addHosts(env) {
  const record = JSON.parse(await env.KV.get("host/agency.localhost"));
  for (const status of ["suspended", "archived"]) {
    await env.KV.put(`host/${status}.localhost`, JSON.stringify({ ...record, status, primary: `${status}.localhost` }));
  }
}

/** Blobs never change once written and are linked; databases are copied. */
async function duplicate(from, to) {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await duplicate(source, target);
    else if (path.basename(from) === "blobs") await link(source, target).catch(() => copyFile(source, target));
    else await copyFile(source, target);
  }
}

/** A folder with the seeded state that the caller may change; `remove` takes it away. */
export async function copyOfState() {
  const seeded = await seededFolder();
  const parent = (await exists(OUTPUT)) ? OUTPUT : tmpdir();
  const folder = await mkdtemp(path.join(parent, "copy-"));
  await duplicate(seeded, folder);
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
