// What Linux says of the workerd that Miniflare has started.
import { readdirSync, readFileSync } from "node:fs";

/** The fields of `/proc/<pid>/stat` behind the name, which may hold spaces: the state first, then the parent. */
const fields = (stat) => stat.slice(stat.lastIndexOf(")") + 2).split(" ");

/** The process number of this process's workerd. */
export function workerd() {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).find((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      return Number(fields(stat)[1]) === process.pid && stat.includes("(workerd)");
    } catch { return false; }
  });
}

/** CPU time of a process in milliseconds, of all its threads, in the kernel and outside: a hundred ticks a second. */
export function cpu(pid) {
  const [user, system] = fields(readFileSync(`/proc/${pid}/stat`, "utf8")).slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}
