// The page by hand: template literals, every text escaped.
import { ICONS, isExternal, paragraphs, parse, styleSheet, themeColours } from "./records.js";

const SPECIAL = /[&<>"']/;
const ALL_SPECIAL = /[&<>"']/g;
const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const e = (text) => (SPECIAL.test(text) ? text.replace(ALL_SPECIAL, (c) => ESCAPED[c]) : text);

const map = (items, draw) => {
  let html = "";
  for (const item of items ?? []) html += draw(item);
  return html;
};

const texts = (text) => map(paragraphs(text), (p) => `<p>${e(p)}</p>`);
const rel = (href) => (isExternal(href) ? ' rel="noopener"' : "");
const link = ({ href, label }, className) => `<a href="${e(href)}" class="${className}"${rel(href)}>${e(label)}</a>`;
const links = (items) => (items?.length ? `<ul>${map(items, (l) => `<li><a href="${e(l.href)}"${rel(l.href)}>${e(l.label)}</a></li>`)}</ul>` : "");
const icon = (name) => (ICONS[name] ? `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="${ICONS[name]}"/></svg>` : "");
const heading = ({ title, intro }) => (title || intro ? `<div class="section-head">${title ? `<h2>${e(title)}</h2>` : ""}${intro ? texts(intro) : ""}</div>` : "");

const COMPONENTS = {
  header: (props, path) =>
    `<header class="header"><a href="${e(props.home)}" class="brand"><span>${e(props.brand)}</span></a><details class="fold"><summary>Menu</summary></details><div class="folded"><nav aria-label="Menu" class="menu"><ul>${map(
      props.links,
      ({ href, label }) => `<li><a href="${e(href)}"${href === path ? ' aria-current="page"' : ""}>${e(label)}</a></li>`,
    )}</ul></nav></div></header>`,
  hero: (props) =>
    `<section class="hero"><div class="hero-text">${props.eyebrow ? `<p class="eyebrow">${e(props.eyebrow)}</p>` : ""}<h1>${e(props.title)}</h1>${
      props.text ? `<div class="lead">${texts(props.text)}</div>` : ""
    }${props.actions?.length ? `<p class="actions">${props.actions.map((a, n) => link(a, n === 0 ? "button" : "button quiet")).join("")}</p>` : ""}</div></section>`,
  "features:cards": (props) =>
    `<section class="features v-cards">${heading(props)}<ul>${map(
      props.items,
      (item) =>
        `<li class="card">${item.icon ? icon(item.icon) : ""}<h3>${e(item.title)}</h3><div class="point">${texts(item.text)}${item.link ? `<p>${link(item.link, "more-link")}</p>` : ""}</div></li>`,
    )}</ul></section>`,
  footer: (props) =>
    `<footer class="footer"><div class="link-columns">${map(props.columns, (c) => `<div><h2>${e(c.title)}</h2>${links(c.links)}</div>`)}</div><div class="legal"><p>${e(props.copyright)}</p>${links(props.legal)}</div></footer>`,
};

const sections = (list, path) => map(list, (s) => COMPONENTS[s.component](s.props, path));
const meta = (attribute, name, content) => `<meta ${attribute}="${name}" content="${e(content)}">`;

export function render(records) {
  const { site, page, locale, path, canonical, siteName, frame } = parse(records);
  return `<!doctype html><html lang="${e(locale)}" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${e(page.title)}</title>${meta("name", "description", page.description)}<link rel="canonical" href="${e(canonical)}">${meta("property", "og:url", canonical)}${meta("property", "og:title", page.title)}<link rel="stylesheet" href="${e(styleSheet(site))}"><meta name="color-scheme" content="light dark">${map(
    themeColours(site),
    ([scheme, colour]) => `<meta name="theme-color" media="(prefers-color-scheme: ${scheme})" content="${e(colour)}">`,
  )}${meta("property", "og:type", "website")}${meta("property", "og:site_name", siteName)}${meta("property", "og:description", page.description)}${meta("property", "og:locale", locale.replaceAll("-", "_"))}</head><body><a class="skip" href="#main">Skip to content</a>${sections(frame.before, path)}<main id="main" tabindex="-1">${sections(page.sections, path)}</main>${sections(frame.after, path)}</body></html>`;
}
