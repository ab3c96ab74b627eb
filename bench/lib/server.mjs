// One workerd process for a peer: started, asked what it used, ended.
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createServer, request } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import workerd from "workerd";

export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((done) => { const s = createServer().listen(0, "127.0.0.1", () => done(s)); })));
  const ports = servers.map((s) => s.address().port);
  await Promise.all(servers.map((s) => new Promise((done) => s.close(done))));
  return ports;
}

export function get(port, host, path) {
  return new Promise((done, fail) => {
    const asked = request({ port, host: "127.0.0.1", path, headers: { host }, agent: false }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks).toString() }));
      answer.on("error", fail);
    });
    asked.on("error", fail);
    asked.end();
  });
}

// Starts workerd and waits for its first answer; `first` is how long that took, in milliseconds.
export async function start(config, port, host, path) {
  const began = performance.now();
  const child = spawn(workerd.default ?? workerd, ["serve", config], { stdio: ["ignore", "inherit", "inherit"] });
  let ended = false;
  child.on("exit", () => (ended = true));
  for (;;) {
    try {
      const answer = await get(port, host, path);
      return { child, pid: child.pid, first: performance.now() - began, answer };
    } catch (error) {
      if (ended || performance.now() - began > 20_000) throw new Error(`workerd did not serve ${config}: ${error.message}`);
      await sleep(1);
    }
  }
}

export async function stop({ child }) {
  if (child.exitCode !== null) return;
  const gone = new Promise((done) => child.once("exit", done));
  child.kill();
  await gone;
}

// Processor time of all threads in nanoseconds. Only Linux says it so finely.
export function processorTime(pid) {
  let total = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      total += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      // The thread has ended since.
    }
  }
  return total;
}

export function residentMegabytes(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}
