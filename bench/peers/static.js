const text = "<!doctype html><title>Hello</title><p>Hello, world.</p>";

export default {
  fetch() {
    return new Response(text, { headers: { "content-type": "text/html; charset=utf-8" } });
  },
};
