import { held } from "./records.js";
import { render } from "./template.js";

const encoder = new TextEncoder();

// As `prebuilt`, with the headers that the edge Worker sends.
const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; form-action 'self'; frame-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "public, max-age=0, must-revalidate",
  etag: '"0123456789abcdef"',
};

export default held((page) => {
  page.bytes ??= encoder.encode(render(page));
  page.init ??= { headers: new Headers(headers) };
  return new Response(page.bytes, page.init);
});
