// The kinds of pages that every demo site has, by address.
export const TOUR = {
  agency: { home: "/", list: "/projects", detail: "/projects/skerry-line-timetable", article: "/journal/writing-for-fog", contact: "/contact", search: "/search?q=ferry", missing: "/no-such-page" },
  bakery: { home: "/", list: "/breads", detail: "/breads/cardamom-bun", contact: "/visit", search: "/search?q=bread", missing: "/no-such-page", "arabic home": "/ar", "arabic list": encodeURI("/ar/خبزنا"), "arabic 404": "/ar/no-such-page" },
  magazine: { home: "/", list: "/news", contact: "/contact", search: "/search?q=harbour", missing: "/no-such-page", authors: "/authors" },
  school: { home: "/", list: "/events", detail: "/events/open-morning", contact: "/contact", search: "/search?q=meals", missing: "/no-such-page" },
  shop: { home: "/", list: "/products", brand: "/brands/norrvik", contact: "/contact", search: "/search?q=laptop", missing: "/no-such-page" },
};

/** The status that a page of the tour has. */
export const statusOf = (kind) => (kind === "missing" || kind.endsWith("404") ? 404 : 200);

/** Sites whose records have made-up addresses: the first record of the list stands for the others. */
export async function tourOf({ visit }, site) {
  const tour = { ...TOUR[site] };
  if (!tour.detail) {
    const path = tour.list;
    const { text } = await visit(site, path);
    tour.detail = new RegExp(`href="(${path}/[^"?#]+)"`).exec(text)[1];
  }
  return tour;
}
