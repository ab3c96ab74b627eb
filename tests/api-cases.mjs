// Random requests from the OpenAPI document, made by Schemathesis, as every role and signed out, against both built Workers: no answer
// is a 5xx, and each fits the document. `cargo xtask soak --only cases` installs Schemathesis and runs this; CASES is
// the number for each operation and role.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { startOrigin } from "./lib/origin.mjs";

const CASES = process.env.CASES ?? "60";
const command = process.env.SCHEMATHESIS;
const { miniflare, port, ask, signUp } = await startOrigin();
const admin = await signUp("mira@example.org");
const must = async (method, target, body, headers = {}) => {
  const answer = await ask(method, target, { body, headers: { ...admin.headers, ...headers } });
  assert.ok(answer.status < 300, `${method} ${target}: ${answer.text}`);
  return answer.json;
};
const site = (await must("POST", `/api/v1/tenants/${admin.tenant}/sites`, { name: { en: "Cases" }, locales: ["en"], host: "cases" })).id;
const page = { locale: "en", path: "/", title: "Home", description: "A page.", sections: [{ component: "hero", props: { title: "Home" } }] };
await must("PUT", `/api/v1/sites/${site}/pages/home`, page);
await must("PUT", `/api/v1/sites/${site}/types/note`, { name: "Note", title_field: "title", fields: [{ name: "title", kind: "text" }], listed: ["title"], indexes: [{ name: "newest", sort: "published_at" }] });
await must("PUT", `/api/v1/sites/${site}/entities/home`, { type: "note", locale: "en", slug: "one", fields: { title: "One" }, publish: true });
await must("POST", `/api/v1/sites/${site}/releases`, { everything: true });

const { DB } = await miniflare.getBindings("manysite-origin");
// The limits on requests are for people, and a run of thousands must neither meet them nor end its own session.
// The owner of the platform comes last: they may suspend the tenant.
const roles = ["viewer", "author", "editor", "site_admin", "tenant_admin", "platform_owner"];
const now = new Date().toISOString().replace(/\.\d+/, "");
const cookies = { nobody: "" };
for (const role of roles) {
  const token = `${role}-0123456789`;
  const user = role.replace("_", "-");
  const owner = role === "platform_owner";
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(token))).toString("hex");
  await DB.batch([
    DB.prepare("INSERT INTO users (id, email, platform_owner, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)").bind(user, `${role}@members.example`, Number(owner), now),
    DB.prepare("INSERT INTO sessions (token_hash, id, user_id, created_at, last_seen_at, proven_at, expires_at) VALUES (?1, ?2, ?2, ?3, ?3, ?3, '2100-01-01T00:00:00Z')").bind(digest, user, now),
    ...(owner ? [] : [
      DB.prepare("INSERT INTO members (tenant_id, user_id, status, created_at) VALUES (?1, ?2, 'active', ?3)").bind(admin.tenant, user, now),
      DB.prepare("INSERT INTO member_roles (tenant_id, user_id, site_id, role) VALUES (?1, ?2, '', ?3)").bind(admin.tenant, user, role),
    ]),
  ]);
  cookies[role] = `session=${token}`;
}
const refill = setInterval(() => DB.prepare("UPDATE rate_limits SET tokens = 1200").run().catch(() => {}), 2000);

// Not every machine knows admin.localhost: requests come to an address and go on with that host.
const door = http.createServer((request, response) => {
  const on = { hostname: "127.0.0.1", port, method: request.method, path: request.url, headers: { ...request.headers, host: `admin.localhost:${port}` } };
  const inner = http.request(on, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  inner.on("error", () => response.destroy());
  request.pipe(inner);
});
await new Promise((resolve) => door.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${door.address().port}`;

const folder = await mkdtemp(path.join(os.tmpdir(), "cases-"));
await writeFile(path.join(folder, "schemathesis.toml"), `[parameters]
"path.tenant" = "${admin.tenant}"
"path.site" = "${site}"
"path.id" = "home"
"path.subject" = "page"
"path.number" = "1"
"query.type" = "note"
`);
let total = 0, failed = false;
for (const [role, cookie] of Object.entries(cookies)) {
  const args = ["run", `${url}/api/v1/openapi.json`, "--max-examples", CASES, "--no-color", "--no-shrink", "--generation-deterministic",
    "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance", "--phases", "fuzzing", "--warnings", "off",
    "--exclude-operation-id", "sign_out", "--exclude-operation-id", "delete_me", "--suppress-health-check", "all", "--output-truncate", "true",
    "-H", `Origin: http://admin.localhost:${port}`, ...(cookie ? ["-H", `Cookie: ${cookie}`] : [])];
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, PYTHONWARNINGS: "ignore" } });
  let output = "";
  child.stdout.on("data", (piece) => (output += piece));
  child.stderr.on("data", (piece) => (output += piece));
  const code = await new Promise((resolve) => child.on("close", resolve));
  const cases = Number(/([\d,]+) generated/.exec(output)?.[1].replace(",", "") ?? 0);
  total += cases;
  failed ||= code !== 0;
  if (code !== 0) console.log(output);
  console.log(`soak: | ${role} | ${cases} | ${code === 0 ? "every answer as documented, none a 5xx" : "failed"} |`);
}
clearInterval(refill);
console.log(`soak: | all | ${total} | |`);
await miniflare.dispose();
process.exit(failed ? 1 : 0);
