// The page as components, for Preact, React and Hono alike. Each is compiled with its own JSX runtime; for React the
// build renames the attributes that it spells differently (see bundle.mjs).
import { ICONS, isExternal, paragraphs, styleSheet, themeColours } from "./records.js";

const Texts = ({ text }) => paragraphs(text).map((p, n) => <p key={n}>{p}</p>);
const rel = (href) => (isExternal(href) ? "noopener" : undefined);
const Link = ({ link, class: name }) => <a href={link.href} class={name} rel={rel(link.href)}>{link.label}</a>;
const Links = ({ links }) => (links?.length ? <ul>{links.map((l, n) => <li key={n}><a href={l.href} rel={rel(l.href)}>{l.label}</a></li>)}</ul> : null);
const Icon = ({ name }) => (ICONS[name] ? <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d={ICONS[name]} /></svg> : null);
const Heading = ({ title, intro }) => (title || intro ? <div class="section-head">{title ? <h2>{title}</h2> : null}{intro ? <Texts text={intro} /> : null}</div> : null);

const Header = ({ props, path }) => (
  <header class="header">
    <a href={props.home} class="brand"><span>{props.brand}</span></a>
    <details class="fold"><summary>Menu</summary></details>
    <div class="folded">
      <nav aria-label="Menu" class="menu">
        <ul>{props.links.map((l, n) => <li key={n}><a href={l.href} aria-current={l.href === path ? "page" : undefined}>{l.label}</a></li>)}</ul>
      </nav>
    </div>
  </header>
);

const Hero = ({ props }) => (
  <section class="hero">
    <div class="hero-text">
      {props.eyebrow ? <p class="eyebrow">{props.eyebrow}</p> : null}
      <h1>{props.title}</h1>
      {props.text ? <div class="lead"><Texts text={props.text} /></div> : null}
      {props.actions?.length ? <p class="actions">{props.actions.map((a, n) => <Link key={n} link={a} class={n === 0 ? "button" : "button quiet"} />)}</p> : null}
    </div>
  </section>
);

const Card = ({ item }) => (
  <li class="card">
    {item.icon ? <Icon name={item.icon} /> : null}
    <h3>{item.title}</h3>
    <div class="point"><Texts text={item.text} />{item.link ? <p><Link link={item.link} class="more-link" /></p> : null}</div>
  </li>
);

const Features = ({ props }) => (
  <section class="features v-cards">
    <Heading title={props.title} intro={props.intro} />
    <ul>{props.items.map((item, n) => <Card key={n} item={item} />)}</ul>
  </section>
);

const Footer = ({ props }) => (
  <footer class="footer">
    <div class="link-columns">{props.columns.map((c, n) => <div key={n}><h2>{c.title}</h2><Links links={c.links} /></div>)}</div>
    <div class="legal"><p>{props.copyright}</p><Links links={props.legal} /></div>
  </footer>
);

const COMPONENTS = { header: Header, hero: Hero, "features:cards": Features, footer: Footer };

const Sections = ({ list, path }) =>
  list.map((section, n) => {
    const Section = COMPONENTS[section.component];
    return <Section key={n} props={section.props} path={path} />;
  });

export const Page = ({ site, page, locale, path, canonical, siteName, frame }) => (
  <html lang={locale} dir="ltr">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{page.title}</title>
      <meta name="description" content={page.description} />
      <link rel="canonical" href={canonical} />
      <meta property="og:url" content={canonical} />
      <meta property="og:title" content={page.title} />
      <link rel="stylesheet" href={styleSheet(site)} />
      <meta name="color-scheme" content="light dark" />
      {themeColours(site).map(([scheme, colour]) => <meta key={scheme} name="theme-color" media={`(prefers-color-scheme: ${scheme})`} content={colour} />)}
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content={siteName} />
      <meta property="og:description" content={page.description} />
      <meta property="og:locale" content={locale.replaceAll("-", "_")} />
    </head>
    <body>
      <a class="skip" href="#main">Skip to content</a>
      <Sections list={frame.before} path={path} />
      <main id="main" tabindex="-1"><Sections list={page.sections} path={path} /></main>
      <Sections list={frame.after} path={path} />
    </body>
  </html>
);
