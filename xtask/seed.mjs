// The demo sites of kv-seed/ through the origin, as any person would make them: each tenant signs up and imports its folder
// with the command line. Starts both Workers over the local KV, D1 and R2 of wrangler.toml while it does.
import { spawn } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { SCOPES, startWorkers } from "../tests/lib/workers.mjs";
import { migrate, putObjects, store } from "./seed-stores.mjs";

const [program, bundlePath, platformPath, state] = process.argv.slice(2);
const { PASSWORD } = process.env;
const workers = await startWorkers({ persist: `${state}/v3` });
const url = `http://admin.localhost:${workers.port}`;
const env = await workers.miniflare.getBindings("manysite-origin");

/** Signs a person in; one who is not known yet signs up first, which makes the tenant. */
async function enter(email, tenant) {
  const known = await env.DB.prepare("SELECT id FROM users WHERE email = ?1").bind(email).first();
  let answer;
  if (known) {
    answer = await must("POST", "/api/v1/sign-in", { email, password: PASSWORD });
  } else {
    await must("POST", "/api/v1/sign-up", { email, password: PASSWORD, tenant });
    const { text } = await must("GET", "/dev/mailbox");
    const code = /[0-9a-f]{64}/.exec(text.slice(text.indexOf(email)))[0];
    answer = await must("POST", "/api/v1/sign-up/confirm", { code, password: PASSWORD });
  }
  const cookie = answer.headers["set-cookie"][0].split(";")[0];
  const me = (await must("GET", "/api/v1/me", undefined, cookie)).json;
  return { cookie, tenant: me.tenants[0].id };
}

async function must(method, target, body, cookie) {
  const headers = { ...(cookie && { cookie }), ...(method !== "GET" && { origin: url }) };
  for (;;) {
    const answer = await workers.ask(method, target, { body, headers });
    if (answer.status < 300) return answer;
    if (answer.status !== 429) throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`);
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(answer.headers["retry-after"])));
  }
}

/** Runs a command of manysite; its progress is shown. Answers with its exit code. */
function run(args, token, tenant) {
  const variables = { ...process.env, MANYSITE_URL: url, MANYSITE_TOKEN: token, MANYSITE_TENANT: tenant };
  const child = spawn(program, args, { env: variables, stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve, reject) => child.on("error", reject).on("exit", resolve));
}

async function importFolder(folder, site, owner) {
  const { id, name, plan, status } = site.tenant;
  const person = await enter(`${id}@example.org`, name);
  const tenants = `/api/v1/tenants/${person.tenant}`;
  const become = (status) => must("PATCH", `/api/v1/platform/tenants/${person.tenant}`, { status, plan }, owner.cookie);
  await must("PUT", `/api/v1/platform/plans/${plan}`, { name: plan, limits: {}, features: [], offered: false }, owner.cookie);
  await become("active");
  const token = (await must("POST", `${tenants}/tokens`, { name: "Seed", scopes: SCOPES, days: 1 }, person.cookie)).json;
  const exit = await run(["import", folder], token.token, person.tenant);
  await must("DELETE", `${tenants}/tokens/${token.id}`, undefined, person.cookie);
  if (status !== "active") await become(status);
  return exit;
}

await migrate(env);
await putObjects(env, JSON.parse(await readFile(platformPath, "utf8")));
const bundle = new Map(JSON.parse(await readFile(bundlePath, "utf8")).map((site) => [site.site, site]));
const owner = await enter(env.PLATFORM_OWNER, "The platform");
for (const name of (await readdir("kv-seed")).sort()) {
  const folder = path.join("kv-seed", name);
  const site = await readFile(path.join(folder, "site.json"), "utf8").then(JSON.parse).catch(() => undefined);
  const release = bundle.get(site?.id);
  if (!release) continue;
  console.error(`  ${name}`);
  const known = await env.DB.prepare("SELECT site_id FROM hosts WHERE host = ?1").bind(site.hosts[0]).first();
  // The origin takes no site that has problems: one that it does not know can be looked at, as far as it is right.
  if ((await importFolder(folder, site, owner)) !== 0 && !known) await store(env, release);
}
await workers.miniflare.dispose();
