// Astro's renderer alone, as `astro build` calls it: its routing, sessions and adapter are left out, as the other peers
// have no router either. The container API is no way around that: it adds a route to a list for every page it renders.
import { renderPage } from "../node_modules/astro/dist/runtime/server/index.js";
import Page from "./astro/Page.astro";
import { held, init, parse } from "./records.js";

const csp = { shouldInjectCspMetaTags: false, cspDestination: "header", directives: [], scriptHashes: [], scriptResources: [], styleHashes: [], styleResources: [] };

// What a page's render keeps its state in; see createResult in astro/dist/core/fetch/fetch-state.js.
function newResult(pathname) {
  const result = {
    ...csp,
    base: "/", cancelled: false, clientDirectives: new Map(), inlinedScripts: new Map(), componentMetadata: new Map(), compressHTML: true,
    links: new Set(), scripts: new Set(), styles: new Set(), params: {}, partial: false, pathname, renderers: [],
    resolve: async (specifier) => specifier,
    response: { status: 200, statusText: "OK", headers: new Headers(init.headers) },
    createAstro: (props, slots) => ({ props, slots, self: null }),
    _metadata: {
      hasHydrationScript: false, rendererSpecificHydrationScripts: new Set(), hasRenderedHead: false, renderedScripts: new Set(), hasDirectives: new Set(),
      hasRenderedServerIslandRuntime: false, headInTree: false, extraHead: [], extraStyleHashes: [], extraScriptHashes: [], propagators: new Set(),
      routeHasPropagation: false, pendingSlotEvaluations: [], templateDepth: 0,
    },
  };
  return result;
}

export default held((page) => renderPage(newResult(page.path), Page, parse(page), {}, false, { route: page.path }));
