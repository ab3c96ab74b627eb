// Both Workers over empty stores, and people who sign up.
import assert from "node:assert/strict";
import { after } from "node:test";
import { migrate } from "../../xtask/seed-stores.mjs";
import { startWorkers } from "./workers.mjs";

export const PASSWORD = "seven grey ferries at noon";

/** Starts both until the test file ends. */
export async function startOrigin(options) {
  const { miniflare, port, ask } = await startWorkers(options);
  after(() => miniflare.dispose());
  await migrate(await miniflare.getBindings("manysite-origin"));

  /** The code in the newest mail to an address. */
  async function code(email) {
    const mails = (await ask("GET", "/dev/mailbox")).text;
    return /[0-9a-f]{64}/.exec(mails.slice(mails.indexOf(email)))[0];
  }

  async function signUp(email) {
    assert.equal((await ask("POST", "/api/v1/sign-up", { body: { email, password: PASSWORD, tenant: "A company" } })).status, 202);
    const confirmed = await ask("POST", "/api/v1/sign-up/confirm", { body: { code: await code(email), password: PASSWORD } });
    assert.equal(confirmed.status, 201, confirmed.text);
    const headers = { cookie: confirmed.headers["set-cookie"][0].split(";")[0], origin: `http://admin.localhost:${port}` };
    return { ...confirmed.json, headers };
  }

  return { miniflare, port, ask, code, signUp };
}
