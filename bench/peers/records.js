// What all peers share: finding the records of a page, and holding them as the texts that KV has. Every peer gets both
// texts on every request and parses them itself.
export const init = { headers: { "content-type": "text/html; charset=utf-8" } };

export const pathOf = (url) => url.slice(url.indexOf("/", 8));
export const hostOf = (url) => url.slice(url.indexOf("//") + 2, url.indexOf("/", 8));

export async function read(env, host, path) {
  const text = await env.KV.get(`host/${host.split(":")[0]}`);
  const record = JSON.parse(text);
  return { host, path, hostText: text, pageText: await env.KV.get(`page/${record.site}/${record.content.routes.exact[path].page}`) };
}

// A Worker that answers from records held in memory. `answer` gets { host, path, hostText, pageText }.
export function held(answer) {
  const pages = new Map();
  return {
    fetch(request, env) {
      const url = request.url;
      const path = pathOf(url);
      const page = pages.get(path);
      if (page !== undefined) return answer(page);
      return read(env, hostOf(url), path).then((found) => {
        pages.set(path, found);
        return answer(found);
      });
    },
  };
}

// A page record is JSON Lines: the page, then the props of its sections, which name their line. Reading line by line
// costs JavaScript no more than one JSON text with all of it.
function parsePage(text) {
  const [first, ...lines] = text.split("\n");
  const page = JSON.parse(first);
  for (const section of page.sections) if (typeof section.props === "number") section.props = JSON.parse(lines[section.props]);
  return page;
}

// What a renderer needs of the records, the same for every peer.
export function parse({ host, path, hostText, pageText }) {
  const site = JSON.parse(hostText).content;
  const page = parsePage(pageText);
  const locale = page.locale;
  const origin = `${site.scheme}://${host}`;
  return { site, page, locale, path, canonical: origin + path, siteName: site.name[locale], frame: site.frame[locale] };
}

// The address of the style sheet ends in a digest of our build, which no other renderer can know.
export const styleSheet = (site) => `/-/style/${site.theme.hash}-0123456789abcdef-7.css`;

export const paragraphs = (text) => text.split("\n\n").map((p) => p.trim()).filter((p) => p !== "");

export const isExternal = (href) => !href.startsWith("/") && !href.startsWith("#");

export const ICONS = {
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
  check: "m5 12.5 4.5 4.5L19 7",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18m0-14v5l3.5 2",
  leaf: "M5 19C4 9 10 4 20 4c0 10-5 16-13 14M5 20l8-9",
  gift: "M4 9h16v4H4zm1 4v7h14v-7M12 9v11m0-11C9 9 7 7.500 8 5.500S12 6 12 9c0-3 3-5.500 4-3.500S15 9 12 9",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3c-5 5-5 13 0 18m0-18c5 5 5 13 0 18",
};

export const themeColours = (site) => [["light", site.theme.background_light], ["dark", site.theme.background_dark]];
