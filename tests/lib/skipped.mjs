// A reporter for the end of a run: what was skipped, and why. The one before it prints names among hundreds of others.
import path from "node:path";

export default async function* skipped(events) {
  const reasons = new Map();
  for await (const { type, data } of events) {
    if (type !== "test:pass" || data.skip === undefined) continue;
    const names = reasons.get(data.skip) ?? reasons.set(data.skip, []).get(data.skip);
    names.push(`${path.basename(data.file ?? "")}: ${data.name}`);
  }
  if (reasons.size === 0) return yield "\nNothing was skipped.\n";
  for (const [reason, names] of reasons) yield `\nSkipped, ${reason}:\n${names.map((name) => `  ${name}\n`).join("")}`;
}
