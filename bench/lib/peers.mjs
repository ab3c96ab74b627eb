// The Workers that are compared. `about` is what the report says of them.
export const PEERS = [
  { name: "static", about: "a short constant string", page: false },
  { name: "prebuilt", about: "finished bytes held in memory" },
  { name: "prebuilt-headers", about: "the same with the edge Worker's headers" },
  { name: "js-template", about: "template literals, records parsed on every request" },
  { name: "preact", about: "preact-render-to-string" },
  { name: "react", about: "React 19, renderToString" },
  { name: "hono", about: "Hono JSX" },
  { name: "astro", about: "Astro 7's renderer without its router" },
  { name: "ours-render", about: "our renderer, records parsed on every request" },
  { name: "ours-warm", about: "the edge Worker as shipped, pages seen before", product: true },
  { name: "js-template-cold", about: "template literals, two reads of KV on every request", cold: true },
  { name: "ours-cold", about: "the edge Worker as shipped, every request to another site", product: true, cold: true },
];

export const PAGES = ["small", "medium", "large"];

export const hostFor = (peer) => (peer.cold ? "s#.localhost" : "bench.localhost");
