// The printed table and the comparison with what is wanted.
const round = (value, digits = 0) => value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  "));
}

export function print(result, pages) {
  const of = (name, page, what) => result.peers[name]?.median[page]?.[what];
  for (const page of pages) {
    const bytes = of("js-template", page, "bytes");
    console.log(`\n${page}: ${round(bytes / 1000, 1)} KB of HTML (medians of ${result.rounds} rounds, ${result.connections} connections)`);
    const against = (name, cpu) => (of(name, page, "cpu") ? round(cpu / of(name, page, "cpu"), 2) : "-");
    table([
      ["", "requests/s", "CPU µs", "/template", "/prebuilt", "/static", "p50 µs", "p99 µs", "MB"],
      ...Object.entries(result.peers).map(([name, peer]) => {
        const { rate, cpu, p50, p99 } = peer.median[page];
        return [name, round(rate), round(cpu), against("js-template", cpu), against("prebuilt", cpu), against("static", cpu), round(p50), round(p99), round(peer.memory)];
      }),
    ]);
  }
  if (result.wasm) {
    const { raw, gzip, compileMs, instantiateMs } = result.wasm;
    console.log(`\nWasm: ${round(raw / 1000)} KB, ${round(gzip / 1000)} KB gzip; compiled in ${round(compileMs, 1)} ms, instantiated in ${round(instantiateMs, 2)} ms (Node's V8)`);
    console.log(`first answer of a fresh process: ${Object.entries(result.first).map(([name, { median }]) => `${name} ${round(median, 1)} ms`).join(", ")}`);
    const counts = result.instructions;
    console.log(counts.skipped ? `instructions per render: skipped, ${counts.skipped}` : `instructions per render, native: ${Object.entries(counts).map(([page, n]) => `${page} ${round(n)}`).join(", ")}`);
  }
  for (const [name, calls] of Object.entries(result.calls)) {
    console.log(`calls per request, ${name}: KV ${calls.kv}, cache reads ${calls.cacheGet}, cache writes ${calls.cachePut}`);
  }
  goals(result, pages, of);
}

function goals(result, pages, of) {
  const lines = [];
  const goal = (what, value, limit, least = false) => {
    if (!Number.isFinite(value)) return;
    const met = least ? value >= limit : value <= limit;
    lines.push([met ? "reached" : "MISSED", what, round(value, 2), `${least ? "≥" : "≤"} ${limit}`]);
  };
  const ratio = (a, b, page, what = "cpu") => of(a, page, what) / of(b, page, what);
  for (const [page, limit] of [["small", 1.4], ["medium", 1], ["large", 0.7]]) {
    if (pages.includes(page)) goal(`ours-render / js-template, CPU, ${page}`, ratio("ours-render", "js-template", page), limit);
  }
  for (const name of ["preact", "react", "hono", "astro"]) {
    for (const page of pages) goal(`ours-render / ${name}, CPU, ${page}`, ratio("ours-render", name, page), 1);
  }
  for (const page of pages) goal(`ours-warm / prebuilt, CPU, ${page}`, ratio("ours-warm", "prebuilt", page), 1.25);
  if (pages.includes("small")) goal("ours-warm / static, requests/s, small", ratio("ours-warm", "static", "small", "rate"), 0.65, true);
  if (pages.includes("large")) goal("ours-cold / js-template-cold, CPU, large", ratio("ours-cold", "js-template-cold", "large"), 1);
  if (result.wasm) {
    goal("Wasm gzip, KB", result.wasm.gzip / 1000, 600);
    goal("first answer after static, ms", result.first["ours-warm"].median - result.first.static.median, 40);
  }
  console.log("");
  table([["", "goal", "here", "wanted"], ...lines].map(([met, what, here, wanted]) => [met.padEnd(7), what.padEnd(44), here, wanted]));
}
