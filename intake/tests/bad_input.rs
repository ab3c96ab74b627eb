//! Whatever is wrong in a site's folder is found, with its file, its place and what to do about it, and the rest
//! of the site is published.

mod common;

use common::folder::{Folder, page, post_type, record};
use intake::{Finding, Severity};
use serde_json::{Value, json};

/// A mistake: what is done to a good site, and the finding that must follow.
struct Case {
    name: &'static str,
    make: fn(&Folder),
    source: &'static str,
    path: &'static str,
    says: &'static str,
}

/// Changes one value of one file; `Null` takes it out.
macro_rules! patch {
    ($file:literal, $pointer:literal, $value:tt) => {
        |folder: &Folder| folder.patch($file, $pointer, json!($value))
    };
}

macro_rules! write {
    ($file:literal, $text:expr) => {
        |folder: &Folder| folder.write($file, $text)
    };
}

macro_rules! cases {
    ($($name:literal, $make:expr => $source:literal, $path:literal, $says:literal;)*) => {
        vec![$(Case { name: $name, make: $make, source: $source, path: $path, says: $says }),*]
    };
}

/// Mistakes in `site.json` that leave nothing to publish.
fn fatal() -> Vec<Case> {
    cases! {
        "no site.json", |f| f.remove("site.json") => "site.json", "", "cannot be read";
        "not JSON", write!("site.json", "{\"id\": ") => "site.json", "id", "EOF while parsing";
        "a comma too many", write!("site.json", "{\"id\": \"a\",}") => "site.json", "", "trailing comma";
        "two values", |f| f.write("site.json", common::folder::site().to_string() + "{}") => "site.json", "", "trailing characters";
        "not UTF-8", write!("site.json", [0xff, 0xfe, 0x00]) => "site.json", "", "UTF-8";
        "a list", write!("site.json", "[]") => "site.json", "", "expected an object";
        "an unknown name", patch!("site.json", "/colour", "red") => "site.json", "colour", "unknown name; known are";
        "no id", patch!("site.json", "/id", null) => "site.json", "id", "missing: add it";
        "an id with a slash", patch!("site.json", "/id", "a/b") => "site.json", "id", "use 1 to 64 of the characters a-z";
        "an id that is too long", |f| f.patch("site.json", "/id", "x".repeat(65).into()) => "site.json", "id", "use 1 to 64 of the characters";
        "a tenant without a plan", patch!("site.json", "/tenant/plan", null) => "site.json", "tenant.plan", "missing: add it";
        "a status that is none", patch!("site.json", "/status", "paused") => "site.json", "status", "expected one of active, suspended, archived";
        "a host with a path", patch!("site.json", "/hosts/0", "demo.example/x") => "site.json", "hosts[0]", "labels are letters, digits and inner hyphens";
        "a host with a port", patch!("site.json", "/hosts/1", "demo.example:80") => "site.json", "hosts[1]", "labels are letters, digits";
        "no host", patch!("site.json", "/hosts", []) => "site.json", "hosts", "name at least one host";
        "a locale in capitals", patch!("site.json", "/locales/1", "AR") => "site.json", "locales[1]", "a language of two or three lower-case letters";
        "a name in a locale that is none", patch!("site.json", "/name", {"english": "Demo"}) => "site.json", "name.english", "a language of two or three";
        "no theme", patch!("site.json", "/theme", null) => "site.json", "theme", "missing: add it";
        "a theme that is not there", patch!("site.json", "/theme/base", "neon") => "site.json", "theme.base", "there are studio, volt, meadow";
        "a redirect from nowhere", patch!("site.json", "/redirects", [{"from": "old", "to": "/"}]) => "site.json", "redirects[0].from", "it starts with /";
        "a page id that is none", patch!("site.json", "/not_found", {"en": "Not Found"}) => "site.json", "not_found.en", "use 1 to 64";
        "a parameter of an unknown kind", patch!("site.json", "/components", {"own": {"parameters": {"x": {"kind": "colour"}}, "sections": []}}) => "site.json", "components.own.parameters.x", "expected one of text, long_text";
    }
}

/// Mistakes that leave out what they concern, and nothing else.
fn partial() -> Vec<Case> {
    cases! {
        "a name in a language that the site has not", patch!("site.json", "/name/de", "Demo") => "site.json", "name.de", "de is not among the site's locales: add it there";
        "a redirect to a script", patch!("site.json", "/redirects", [{"from": "/a", "to": "javascript:alert(1)"}]) => "site.json", "redirects[0].to", "expected a path or an https: address";
        "a redirect to another site in the guise of a path", patch!("site.json", "/redirects", [{"from": "/a", "to": "//evil.example"}]) => "site.json", "redirects[0].to", "expected a path or an https: address";
        "a redirect to its own fragment", patch!("site.json", "/redirects", [{"from": "/a", "to": "#top"}]) => "site.json", "redirects[0].to", "expected a path or an https: address";
        "a redirect to its own query", patch!("site.json", "/redirects", [{"from": "/a", "to": "?a=b"}]) => "site.json", "redirects[0].to", "expected a path or an https: address";
        "a redirect to a mail address", patch!("site.json", "/redirects", [{"from": "/a", "to": "mailto:a@b.example"}]) => "site.json", "redirects[0].to", "expected a path or an https: address";
        "a redirect with a status that is none", patch!("site.json", "/redirects", [{"from": "/a", "to": "/b", "status": 200}]) => "site.json", "redirects[0].status", "expected 301, 302, 307 or 308";
        "a token that is not there", patch!("site.json", "/theme/tokens", {"colour": "#000000"}) => "site.json", "theme.tokens.colour", "see docs/add-a-theme.md";
        "a colour by its name", patch!("site.json", "/theme/tokens", {"primary": "red"}) => "site.json", "theme.tokens.primary", "write it as #rrggbb";
        "a dark colour that is not there", patch!("site.json", "/theme/tokens", {"dark": {"radius": "#000000"}}) => "site.json", "theme.tokens.dark.radius", "the colours are accent, background";
        "dark that is one colour", patch!("site.json", "/theme/tokens", {"dark": "#000000"}) => "site.json", "theme.tokens.dark", "expected an object with colours";
        "a radius that is no number", patch!("site.json", "/theme/tokens", {"radius": "round"}) => "site.json", "theme.tokens.radius", "expected a whole number from 0 to 24";
        "a radius that is too large", patch!("site.json", "/theme/tokens", {"radius": "25px"}) => "site.json", "theme.tokens.radius", "expected a whole number from 0 to 24, found \"25px\"";
        "a width below nothing", patch!("site.json", "/theme/tokens", {"width": -1}) => "site.json", "theme.tokens.width", "expected a whole number from 56 to 96";
        "a weight that is a text", patch!("site.json", "/theme/tokens", {"heading_weight": "bold"}) => "site.json", "theme.tokens.heading_weight", "from 300 to 900";
        "a font that is not on offer", patch!("site.json", "/theme/tokens", {"font_body": "Comic"}) => "site.json", "theme.tokens.font_body", "on offer are system, serif";

        "a host that stands twice", patch!("site.json", "/hosts", ["demo.example", "demo.example"]) => "site.json", "hosts[1]", "stands here already: take it out";
        "a locale that stands twice", patch!("site.json", "/locales", ["en", "ar", "en"]) => "site.json", "locales[2]", "stands here already: take it out";
        "a search page that is not there", patch!("site.json", "/search/en", "/find") => "site.json", "search.en", "there is no page /find in en: add it";
        "a lost page that is not there", patch!("site.json", "/not_found/en", "gone") => "site.json", "not_found.en", "there is no page gone in en";
        "a lost page that shows records", patch!("site.json", "/not_found/en", "post") => "site.json", "not_found.en", "that shows no records";
        "a language without a start page", |f| f.remove("pages/home.ar.json") => "site.json", "locales[1]", "there is no start page in ar: add a page with the path /ar";

        "a redirect that hides a page", patch!("site.json", "/redirects", [{"from": "/about", "to": "/"}]) => "site.json", "redirects[0].from", "is the path of pages/about.json, which it would hide";
        "a redirect that hides a record", patch!("site.json", "/redirects", [{"from": "/posts/one", "to": "/"}]) => "site.json", "redirects[0].from", "a record on /posts/:slug, which it would hide";
        "a redirect that is never reached", patch!("site.json", "/redirects", [{"from": "/sitemap.xml", "to": "/"}]) => "site.json", "redirects[0].from", "are made by the product";
        "a redirect below a reserved path", patch!("site.json", "/redirects", [{"from": "/-/a", "to": "/"}]) => "site.json", "redirects[0].from", "are reserved";
        "two redirects from one path", patch!("site.json", "/redirects", [{"from": "/a", "to": "/"}, {"from": "/a", "to": "/about"}]) => "site.json", "redirects[1].from", "is redirected above already";
        "a redirect to itself", patch!("site.json", "/redirects", [{"from": "/a", "to": "/A/?b=c"}]) => "site.json", "redirects[0].to", "leads in a circle";
        "redirects in a circle", patch!("site.json", "/redirects", [{"from": "/a", "to": "/b"}, {"from": "/b", "to": "/c"}, {"from": "/c", "to": "/b"}]) => "site.json", "redirects[0].to", "leads in a circle: name a page";
        "a redirect to nowhere", patch!("site.json", "/redirects", [{"from": "/a", "to": "/abuot"}]) => "site.json", "redirects[0].to", "there is no page /abuot: did you mean /about?";
        "a logo that is not there", patch!("site.json", "/theme/logo", {"file": "logo.svg"}) => "site.json", "theme.logo", "files/logo.svg cannot be read";
        "a logo outside of the folder", patch!("site.json", "/theme/logo", {"file": "../site.json"}) => "site.json", "theme.logo", "is not the name of a file in files/";
        "a logo that is no picture", |f| { f.write("files/x.svg", "<html></html>"); f.patch("site.json", "/theme/icon", json!({"file": "x.svg"})) } => "site.json", "theme.icon", "this is not an SVG picture";
        "a style sheet that is not there", patch!("site.json", "/theme/css", "site.css") => "site.json", "theme.css", "files/site.css cannot be read";
        "a style sheet that is not CSS", |f| { f.write("files/site.css", "a } {"); f.patch("site.json", "/theme/css", json!("site.css")) } => "site.json", "theme.css", "this is not CSS";
        "a style sheet that imports", |f| { f.write("files/site.css", "@import 'x.css';"); f.patch("site.json", "/theme/css", json!("site.css")) } => "site.json", "theme.css", "@import is not allowed in custom CSS: take it out";
        "a style sheet that loads from elsewhere", |f| { f.write("files/site.css", "a{background:url(https://x.example/p.png)}"); f.patch("site.json", "/theme/css", json!("site.css")) } => "site.json", "theme.css", "only files of this site";
        "a style sheet that is too long", |f| { f.write("files/site.css", "a{color:red}".repeat(3000)); f.patch("site.json", "/theme/css", json!("site.css")) } => "site.json", "theme.css", "limited to 32768 bytes, found 36000: shorten it";
        "a frame with an unknown component", patch!("site.json", "/frame", {"en": {"before": [{"component": "heading"}]}}) => "site.json", "frame.en.before[0].component", "there is no component \"heading\"; there are header";
        "an own component of an unknown parameter", patch!("site.json", "/components", {"own": {"parameters": {"t": {"kind": "text"}}, "sections": [{"component": "hero", "props": {"title": {"$param": "x"}}}]}}) => "site.json", "components.own.sections[0].props.title", "there is no parameter \"x\"; known are t";
        "an own component within itself", patch!("site.json", "/components", {"own": {"sections": [{"component": "own"}]}}) => "site.json", "components.own.sections[0].component", "there is no component \"own\"";

        "a page that is not JSON", write!("pages/about.json", "title: About") => "pages/about.json", "", "expected ident";
        "a page without a title", patch!("pages/about.json", "/title", null) => "pages/about.json", "title", "missing: add it";
        "a page with an empty title", patch!("pages/about.json", "/title", " ") => "pages/about.json", "title", "expected 1 to 120 characters";
        "a page with a title that is too long", |f| f.patch("pages/about.json", "/title", "x".repeat(121).into()) => "pages/about.json", "title", "expected 1 to 120 characters, found 121";
        "a page with an unknown name", patch!("pages/about.json", "/layout", "wide") => "pages/about.json", "layout", "unknown name; known are id, locale";
        "a path without a slash", patch!("pages/about.json", "/path", "about") => "pages/about.json", "path", "it starts with /";
        "a path with a slash at its end", patch!("pages/about.json", "/path", "/about/") => "pages/about.json", "path", "leave the trailing slash away";
        "a path in capitals", patch!("pages/about.json", "/path", "/About") => "pages/about.json", "path", "letters are in lower case";
        "a path that climbs", patch!("pages/about.json", "/path", "/a/../b") => "pages/about.json", "path", ". or ..";
        "a reserved path", patch!("pages/about.json", "/path", "/-/style") => "pages/about.json", "path", "are reserved: choose another";
        "a path for certificates", patch!("pages/about.json", "/path", "/.well-known/x") => "pages/about.json", "path", "are reserved: choose another";
        "a path that is taken", patch!("pages/about.json", "/path", "/") => "pages/home.json", "path", "is taken by about.json: choose another";
        "an id that is taken", patch!("pages/about.json", "/id", "home") => "pages/home.json", "id", "is taken by about.json: choose another";
        "a language that the site has not", patch!("pages/about.json", "/locale", "de") => "pages/about.json", "locale", "not among the site's locales";
        "a path without its language", patch!("pages/home.ar.json", "/path", "/arabic") => "pages/home.ar.json", "path", "a page in ar starts with /ar";
        "a page of records without their type", patch!("pages/about.json", "/path", "/posts/:slug") => "pages/about.json", "entity", "a page of records names their type here";
        "a type on a page without a slug", patch!("pages/about.json", "/entity", "post") => "pages/about.json", "entity", "its path ends in /:slug";
        "a page's picture that is not there", patch!("pages/about.json", "/image", {"file": "no.svg", "alt": ""}) => "pages/about.json", "image.file", "files/no.svg cannot be read";
        "sections that are no list", patch!("pages/about.json", "/sections", {}) => "pages/about.json", "sections", "expected a list, found";
        "a section that is a text", patch!("pages/about.json", "/sections/0", "hero") => "pages/about.json", "sections[0]", "expected a section such as";
        "a section without a component", patch!("pages/about.json", "/sections/0/component", null) => "pages/about.json", "sections[0].component", "missing; name one of";
        "a component that is not there", patch!("pages/about.json", "/sections/0/component", "herо") => "pages/about.json", "sections[0].component", "there is no component";
        "a variant that is not there", patch!("pages/about.json", "/sections/0/component", "hero:huge") => "pages/about.json", "sections[0].component", "it has default, split, cover, minimal";
        "an unknown name in a section", patch!("pages/about.json", "/sections/0/style", "x") => "pages/about.json", "sections[0].style", "a section has id, component, props";
        "a tone that is none", patch!("pages/about.json", "/sections/0/tone", "loud") => "pages/about.json", "sections[0].tone", "expected plain, soft or strong";
        "an anchor with a space", patch!("pages/about.json", "/sections/0/anchor", "our prices") => "pages/about.json", "sections[0].anchor", "expected letters and digits in lower case";
        "a slot that is not there", patch!("pages/about.json", "/sections/0/slots", {"content": []}) => "pages/about.json", "sections[0].slots.content", "there is no slot of this name";
        "a slot that is no list", patch!("pages/about.json", "/sections/0", {"component": "container", "slots": {"content": {}}}) => "pages/about.json", "sections[0].slots.content", "expected a list of sections";
        "sections too deep in each other", |f| f.patch("pages/about.json", "/sections/0", nested(10)) => "pages/about.json", "slots.content[0]", "may be nested 8 deep: take a level out";
        "props that are a text", patch!("pages/about.json", "/sections/0/props", "x") => "pages/about.json", "sections[0].props", "expected an object with eyebrow, title";
        "a prop that is missing", patch!("pages/about.json", "/sections/0/props", {}) => "pages/about.json", "sections[0].props.title", "missing; add a line of up to 160 characters";
        "a prop that is not there", patch!("pages/about.json", "/sections/0/props/titel", "x") => "pages/about.json", "sections[0].props.titel", "unknown name; known are eyebrow, title";
        "a number for a text", patch!("pages/about.json", "/sections/0/props/title", 5) => "pages/about.json", "sections[0].props.title", "expected a line of up to 160 characters, found a number";
        "two lines for one", patch!("pages/about.json", "/sections/0/props/title", "a\nb") => "pages/about.json", "sections[0].props.title", "one line only: take the line breaks out";
        "a control character in a title", patch!("pages/about.json", "/title", "a\u{8}b") => "pages/about.json", "title", "it holds control characters: take them out";
        "a control character in what a picture shows", |f| f.patch("pages/home.json", "/image", json!({"file": "pic.svg", "alt": "a\u{1}b"})) => "pages/home.json", "image.alt", "it holds control characters: take them out";
        "a control character in what a logo shows", |f| f.patch("site.json", "/theme/logo", json!({"file": "pic.svg", "alt": "a\u{1}b"})) => "site.json", "theme.logo.alt", "it holds control characters: take them out";
        "a control character in the name of the site", patch!("site.json", "/name/en", "a\u{1b}b") => "site.json", "name.en", "it holds control characters: take them out";
        "a code point that is no character", patch!("pages/about.json", "/sections/0/props/title", "a\u{ffff}b") => "pages/about.json", "sections[0].props.title", "it holds control characters: take them out";
        "control characters", patch!("pages/about.json", "/sections/0/props/title", "a\u{7}b") => "pages/about.json", "sections[0].props.title", "it holds control characters: take them out";
        "a text that is too long", |f| f.patch("pages/about.json", "/sections/0/props/title", "x".repeat(161).into()) => "pages/about.json", "sections[0].props.title", "at most 160 characters, found 161: shorten it";
        "too many entries", |f| f.patch("pages/about.json", "/sections/0/props/actions", json!(vec![json!({"label": "a", "href": "/"}); 4])) => "pages/about.json", "sections[0].props.actions", "expected 0 to 3 entries, found 4";
        "a link that is a script", patch!("pages/about.json", "/sections/0/props/actions", [{"label": "a", "href": "javascript:alert(1)"}]) => "pages/about.json", "sections[0].props.actions[0].href", "this URL is not allowed: use a path";
        "a link without a label", patch!("pages/about.json", "/sections/0/props/actions", [{"href": "/"}]) => "pages/about.json", "sections[0].props.actions[0].label", "missing; add a line";
        "a picture without a text", patch!("pages/about.json", "/sections/0/props/image", {"file": "pic.svg"}) => "pages/about.json", "sections[0].props.image.alt", "say what the picture shows, or \"\"";
        "a picture of an unknown ending", |f| { f.write("files/a.gif", "GIF89a"); f.patch("pages/about.json", "/sections/0/props/image", json!({"file": "a.gif", "alt": ""})) } => "pages/about.json", "sections[0].props.image.file", "a picture is an svg, png, jpg or webp file";
        "a picture that cannot be read", |f| { f.write("files/a.png", "not a picture"); f.patch("pages/about.json", "/sections/0/props/image", json!({"file": "a.png", "alt": ""})) } => "pages/about.json", "sections[0].props.image.file", "this picture cannot be read";
        "a picture with text in it", |f| { f.write("files/a.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>x</text></svg>"); f.patch("pages/about.json", "/sections/0/props/image", json!({"file": "a.svg", "alt": ""})) } => "pages/about.json", "sections[0].props.image.file", "convert it to paths";
        "a picture that is too large", |f| { f.write("files/a.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9000' height='9'><rect width='1' height='1'/></svg>"); f.patch("pages/about.json", "/sections/0/props/image", json!({"file": "a.svg", "alt": ""})) } => "pages/about.json", "sections[0].props.image.file", "at most 8192 pixels a side";
        "a choice that is none", patch!("pages/about.json", "/sections/0", {"component": "banner", "props": {"text": "x", "kind": "loud"}}) => "pages/about.json", "sections[0].props.kind", "expected one of info, success, warning";
        "an icon that is not there", patch!("pages/about.json", "/sections/0", {"component": "features", "props": {"items": [{"icon": "dragon", "title": "a", "text": "b"}]}}) => "pages/about.json", "sections[0].props.items[0].icon", "expected one of the icons arrow";
        "a list that asks for too much", patch!("pages/about.json", "/sections/0", {"component": "blog-list", "props": {"type": "post", "index": "newest", "link": "/p/:slug", "limit": 61}}) => "pages/about.json", "sections[0].props.limit", "at most 60, found 61";
        "a path of the product", patch!("pages/about.json", "/path", "/feed/post.xml") => "pages/about.json", "path", "are made by the product";
        "a path where another language is", patch!("pages/about.json", "/path", "/ar/about") => "pages/about.json", "path", "is where the pages in ar are";
        "a page of records of no type", patch!("pages/post.json", "/entity", "event") => "pages/post.json", "entity", "there is no entity type \"event\"; there are [post]";
        "two translations into one language", |f| { f.patch("pages/about.json", "/group", json!("us")); f.patch("pages/lost.en.json", "/group", json!("us")) } => "pages/lost.en.json", "group", "is taken by about.json";

        "a list of a type that is not there", |f| list(f, "/type", json!("posts")) => "pages/about.json", "sections[1].props.type", "there is no entity type \"posts\"; there are [post]";
        "a list by an index that is not there", |f| list(f, "/index", json!("cheapest")) => "pages/about.json", "sections[1].props.index", "there is no index \"cheapest\"; there are [newest, price, by-topic, by-topic-brand]";
        "a list with a filter and order without an index", |f| { list(f, "/index", json!("price")); f.patch("pages/about.json", "/sections/1/props/filter", json!({"topic": "sea"})) } => "pages/about.json", "sections[1].props.index", "no index filters by [topic] and sorts by price: add {\"filter\":[\"topic\"],\"name\":\"topic-price\",\"sort\":\"price\"} to types/post.json";
        "a filter that a visitor may choose in an order without an index", |f| { list(f, "/sorts", json!([{"index": "price", "order": "asc", "label": "Price"}])); f.patch("pages/about.json", "/sections/1/props/filters", topics()) } => "pages/about.json", "sections[1].props.sorts[0].index", "no index filters by [topic] and sorts by price";
        "a list that leads to no detail page", |f| list(f, "/link", json!("/news/:slug")) => "pages/about.json", "sections[1].props.link", "the detail page of post has the path /posts/:slug";
        "a list without a detail page in its language", |f| f.patch("pages/home.ar.json", "/sections/0", blog_list()) => "pages/home.ar.json", "sections[0].props.link", "post has no detail page here: add one";
        "a filter by a field that is not there", |f| list(f, "/filter", json!({"colour": "red"})) => "pages/about.json", "sections[1].props.filter.colour", "post has no field \"colour\"; it has [title";
        "an option that no record can have", |f| list(f, "/filters", json!([{"field": "level", "label": "Level", "options": [{"value": "extreme", "label": "Extreme"}]}])) => "pages/about.json", "sections[1].props.filters[0].options[0].value", "no record can have the value \"extreme\": expected one of [easy, hard]";
        "a filter by a text with markup", |f| list(f, "/filter", json!({"body": "x"})) => "pages/about.json", "sections[1].props.filter.body", "a field of single words or numbers";
        "a shown field that is not there", |f| { list(f, "/fields", json!([{"field": "colour"}])); f.patch("pages/about.json", "/sections/1/component", json!("entity-list:table")) } => "pages/about.json", "sections[1].props.fields[0].field", "post has no field \"colour\"";
        "a shown field that lists do not keep", |f| { list(f, "/fields", json!([{"field": "stock"}])); f.patch("pages/about.json", "/sections/1/component", json!("entity-list")) } => "pages/about.json", "sections[1].props.fields[0].field", "add it to `listed` in types/post.json";
        "a card of a type that is not there", patch!("pages/about.json", "/sections/0", {"component": "product-card", "props": {"slug": "one", "link": "/posts/:slug"}}) => "pages/about.json", "sections[0].props.type", "there is no entity type \"product\"";
        "a card of a record that is not there", patch!("pages/about.json", "/sections/0", {"component": "product-card", "props": {"slug": "nine", "type": "post", "link": "/posts/:slug"}}) => "pages/about.json", "sections[0]", "until it is mended it is missing on the page";
        "related posts by an index with another filter", |f| f.json("pages/post.json", &post_page(json!({"index": "newest", "filter_field": "topic"}))) => "pages/post.json", "sections[0].props.related.index", "name one of [by-topic]";
        "related posts by a field that is not there", |f| f.json("pages/post.json", &post_page(json!({"index": "newest", "filter_field": "colour"}))) => "pages/post.json", "sections[0].props.related.filter_field", "post has no field \"colour\"";
        "a detail that shows what is no field", |f| { let mut p = post_page(json!([])); p["sections"] = json!([{"component": "entity-detail", "props": {"fields": [{"field": "colour", "label": "Colour"}]}}]); f.json("pages/post.json", &p) } => "pages/post.json", "sections[0].props.fields[0].field", "post has no field \"colour\"";
        "an own component with a list of no type", patch!("site.json", "/components", {"own": {"sections": [{"component": "blog-list", "props": {"type": "posts", "index": "newest", "link": "/posts/:slug"}}]}}) => "site.json", "components.own.sections[0].props.type", "there is no entity type \"posts\"";
        "an own component that is given no type", |f| own_list(f, json!({"of": "posts"})) => "pages/about.json", "sections[1]", "within own, sections[0].props.type: there is no entity type \"posts\"";
        "an own component whose parts do not take what it is given", |f| own_list(f, json!({"of": "post", "title": "x".repeat(180)})) => "pages/about.json", "sections[1]", "within own, sections[0].props.title: at most 160 characters, found 180";
        "an own component that takes a plain text for a formatted one", patch!("site.json", "/components", {"own": {"parameters": {"t": {"kind": "text"}}, "sections": [{"component": "rich-text", "props": {"html": {"$param": "t"}}}]}}) => "site.json", "components.own.sections[0].props.html", "parameter \"t\" is of another kind";
        "an own component with a default that is none", patch!("site.json", "/components", {"own": {"parameters": {"n": {"kind": "integer", "default": "x"}}, "sections": []}}) => "site.json", "components.own.parameters.n", "expected a whole number";
        "an own component in capitals", patch!("site.json", "/components", {"My Own": {"sections": []}}) => "site.json", "components.My Own", "expected name or name:variant";
        "a section that is read and cannot be drawn", patch!("pages/about.json", "/sections/0", {"component": "video", "props": {"title": "A", "provider": "youtube", "video": "youtu.be/x", "poster": {"file": "pic.svg", "alt": ""}}}) => "pages/about.json", "sections[0]", "use the video's id";
        "a detail on a page without records", patch!("pages/about.json", "/sections/0", {"component": "blog-post"}) => "pages/about.json", "sections[0]", "the page shows no record";

        "a link to nowhere", |f| link(f, "/abot") => "pages/about.json", "sections[0].props.actions[0].href", "there is no page /abot: did you mean /about?";
        "a link to a record that is not there", |f| link(f, "/posts/three") => "pages/about.json", "sections[0].props.actions[0].href", "there is no page /posts/three";
        "a link to a pattern", |f| link(f, "/posts/:slug/") => "pages/about.json", "sections[0].props.actions[0].href", "there is no page /posts/:slug";
        "a link to nowhere with the site's own host", |f| link(f, "https://www.demo.example/nowhere-at-all") => "pages/about.json", "sections[0].props.actions[0].href", "there is no page /nowhere-at-all: add it";
        "a link to a path that none can have", |f| link(f, "/a//b") => "pages/about.json", "sections[0].props.actions[0].href", "no page can have the path /a//b";
        "a link to a feed that is not there", |f| link(f, "/feed/event.xml") => "pages/about.json", "sections[0].props.actions[0].href", "there is no /feed/event.xml";
        "a link to a file that is not there", |f| link(f, "/-/file/ab12/x.pdf") => "pages/about.json", "sections[0].props.actions[0].href", "there is no /-/file/ab12/x.pdf";
        "a link in a formatted text to nowhere", patch!("pages/about.json", "/sections/0", {"component": "rich-text", "props": {"html": "<p><a href='/gone?a=1&amp;b=2#c'>x</a></p>"}}) => "pages/about.json", "sections[0].props.html", "there is no page /gone";
        "a link that depends on its page", patch!("pages/about.json", "/sections/0", {"component": "rich-text", "props": {"html": "<p><a href='other'>x</a></p>"}}) => "pages/about.json", "sections[0].props.html", "write it from the start, as /other";
        "a link of the frame to nowhere", patch!("site.json", "/frame", {"en": {"before": [{"component": "header", "props": {"brand": "D", "home": "/start"}}]}, "ar": {}}) => "site.json", "frame.en.before[0].props.home", "there is no page /start";
        "a link of an own component to nowhere", patch!("site.json", "/components", {"own": {"sections": [{"component": "cta", "props": {"title": "x", "actions": [{"label": "x", "href": "/gone"}]}}]}}) => "site.json", "components.own.sections[0].props.actions[0].href", "there is no page /gone";
        "a link in a record to nowhere", |f| more(f, "/fields/more", json!({"label": "x", "href": "/gone"})) => "entities/post-2.jsonl", "line 1: fields.more.href", "there is no page /gone";
        "a link in a record's text to nowhere", |f| more(f, "/fields/body", json!("<a href='/gone'>x</a>")) => "entities/post-2.jsonl", "line 1: fields.body", "there is no page /gone";

        "a type that is not JSON", write!("types/other.json", "{") => "types/other.json", "", "EOF";
        "a field of an unknown kind", |f| f.json("types/other.json", &with(post_type(), "/fields/0/kind", json!("colour"))) => "types/other.json", "fields[0]", "expected one of text, long_text";
        "a title that is no field", |f| f.json("types/other.json", &with(other_type(), "/title_field", json!("headline"))) => "types/other.json", "title_field", "there is no field \"headline\"; there are [title, summary";
        "a list of what is no field", |f| f.json("types/other.json", &with(other_type(), "/listed/0", json!("headline"))) => "types/other.json", "listed[0]", "there is no field \"headline\"";
        "an index by what is no field", |f| f.json("types/other.json", &with(other_type(), "/indexes/1/sort", json!("cost"))) => "types/other.json", "indexes[1].sort", "there is no field \"cost\"";
        "a body in every list", |f| f.json("types/other.json", &with(other_type(), "/listed/0", json!("body"))) => "types/other.json", "fields[5]", "too heavy for lists: take it out of `listed`";
        "a type's id with a hyphen", |f| f.json("types/other.json", &with(post_type(), "/id", json!("my-post"))) => "types/other.json", "id", "no hyphen here";
        "a type that is there twice", |f| f.json("types/zebra.json", &post_type()) => "types/zebra.json", "id", "is taken by types/post.json: choose another";
        "a field that is there twice", |f| f.json("types/other.json", &with(other_type(), "/fields/1/name", json!("title"))) => "types/other.json", "fields[1].name", "is taken by fields[0]";
        "an index that is there twice", |f| f.json("types/other.json", &with(other_type(), "/indexes/1/name", json!("newest"))) => "types/other.json", "indexes[1].name", "is taken by indexes[0]";
        "an order by pictures", |f| f.json("types/other.json", &with(other_type(), "/indexes/1/sort", json!("image"))) => "types/other.json", "indexes[1].sort", "\"image\" cannot be sorted by";
        "a default that does not fit", |f| { let mut t = other_type(); t["fields"][14]["default"] = json!("many"); f.json("types/other.json", &t) } => "types/other.json", "fields[14].default", "expected a whole number";

        "records without a type", write!("entities/event.jsonl", "{}") => "entities/event.jsonl", "", "add types/event.json";
        "records that are no text", write!("entities/post-2.jsonl", [0xff, 0x00]) => "entities/post-2.jsonl", "", "cannot be read as text";
        "a record that is not JSON", write!("entities/post-2.jsonl", "\n{\"id\": }") => "entities/post-2.jsonl", "line 2: id", "expected value";
        "a record without a slug", |f| more(f, "/slug", Value::Null) => "entities/post-2.jsonl", "line 1: slug", "missing: add it";
        "a slug with a space", |f| more(f, "/slug", json!("a b")) => "entities/post-2.jsonl", "line 1: slug", "use letters and digits in lower case";
        "a record's id that is none", |f| more(f, "/id", json!("A 1")) => "entities/post-2.jsonl", "line 1: id", "use 1 to 64";
        "a slug that is taken", |f| more(f, "/slug", json!("two")) => "entities/post.jsonl", "line 2: slug", "is taken by line 1 of post-2.jsonl: choose another";
        "a record's id that is taken", |f| more(f, "/id", json!("p-two")) => "entities/post.jsonl", "line 2: id", "is taken by line 1 of post-2.jsonl";
        "a day that is none", |f| more(f, "/published_at", json!("yesterday")) => "entities/post-2.jsonl", "line 1: published_at", "2026-03-14T09:30:00Z";
        "a field that is missing", |f| more(f, "/fields/title", Value::Null) => "entities/post-2.jsonl", "line 1: fields.title", "missing; add a line";
        "a field that is not there", |f| more(f, "/fields/colour", json!("red")) => "entities/post-2.jsonl", "line 1: fields.colour", "unknown name; known are title";
        "a price that is a text", |f| more(f, "/fields/price", json!("12 €")) => "entities/post-2.jsonl", "line 1: fields.price", "an amount in minor units such as";
        "a price below nothing", |f| more(f, "/fields/price", json!({"amount": -1, "currency": "EUR"})) => "entities/post-2.jsonl", "line 1: fields.price", "an amount in minor units";
        "a number out of its range", |f| more(f, "/fields/rating", json!(7.5)) => "entities/post-2.jsonl", "line 1: fields.rating", "at most 5, found 7.5";
        "a day that no calendar has", |f| more(f, "/fields/day", json!("2026-02-30")) => "entities/post-2.jsonl", "line 1: fields.day", "a day such as \"2026-03-14\"";
        "a relation that is no id", |f| more(f, "/fields/other", json!("Post Two")) => "entities/post-2.jsonl", "line 1: fields.other", "expected the id of a post";
        "a choice that the type has not", |f| more(f, "/fields/level", json!("extreme")) => "entities/post-2.jsonl", "line 1: fields.level", "expected one of easy, hard";
        "a record in a language that the site has not", |f| more(f, "/locale", json!("de")) => "entities/post-2.jsonl", "line 1: locale", "not among the site's locales";
        "a relation to nothing", |f| more(f, "/fields/other", json!("p-nine")) => "entities/post-2.jsonl", "line 1: fields.other", "there is no record \"p-nine\": add it";
        "a relation to a record of another type", |f| { f.json("types/place.json", &with(post_type(), "/id", json!("place"))); let mut r = record("quay"); r["fields"]["other"] = json!("p-one"); f.json("entities/place.jsonl", &r); more(f, "/fields/other", json!("p-quay")) } => "entities/post-2.jsonl", "line 1: fields.other", "\"p-quay\" is a place: name the id of a post";
        "a group of two types", |f| { f.json("types/place.json", &with(post_type(), "/id", json!("place"))); f.json("entities/place.jsonl", &with(record("quay"), "/id", json!("p-quay"))); more(f, "/group", json!("p-quay")) } => "entities/post-2.jsonl", "line 1: group", "the group of a place in line 1 of entities/place.jsonl";
        "two records of a group in one language", |f| more(f, "/group", json!("p-two")) => "entities/post.jsonl", "line 2: group", "is taken by line 1 of post-2.jsonl";
        "a value that must be one record's alone", |f| { let mut t = post_type(); t["fields"][4]["unique"] = json!(true); f.json("types/post.json", &t); more(f, "/fields/sku", json!("S-1")); let two = with(record("two"), "/fields/topic", json!("sky")); let mut two = two; two["fields"]["sku"] = json!("S-1"); f.write("entities/post.jsonl", format!("{}\n{two}", record("one"))) } => "entities/post.jsonl", "line 2: fields.sku", "this sku is taken by line 1 of post-2.jsonl: choose another";
    }
}

/// What is published as it is and worth a look.
fn warnings() -> Vec<Case> {
    cases! {
        "colours too near each other", patch!("site.json", "/theme/tokens", {"text": "#eeeeee"}) => "site.json", "theme.tokens.text", "on background has a contrast of 1.2:1 in light, below 4.5:1: move them apart";
        "dark colours too near each other", patch!("site.json", "/theme/tokens", {"dark": {"on_primary": "#ffffff", "primary": "#eeeeee"}}) => "site.json", "theme.tokens.dark.on_primary", "a contrast of 1.2:1 in dark";
        "a language without a search", patch!("site.json", "/search/ar", null) => "site.json", "search.ar", "name the path of a search page";
        "a language without a lost page", patch!("site.json", "/not_found/ar", null) => "site.json", "not_found.ar", "name a page of the site";
        "a language without a name", patch!("site.json", "/name/ar", null) => "site.json", "name.ar", "add one";
        "a language without a frame", patch!("site.json", "/frame", {"en": {}}) => "site.json", "frame.ar", "add one";
        "records without a page in their language", |f| more(f, "/locale", json!("ar")) => "types/post.json", "", "records of post in ar have no page";
        "two pages for the records of a type", |f| { let mut p = post_page(json!([])); p["id"] = json!("more"); p["path"] = json!("/more/:slug"); f.json("pages/more.json", &p) } => "pages/post.json", "entity", "have a page already, /more/:slug, where search and sitemap lead";
        "a redirect to a redirect", patch!("site.json", "/redirects", [{"from": "/a", "to": "/b"}, {"from": "/b", "to": "/c"}, {"from": "/c", "to": "/about"}]) => "site.json", "redirects[0].to", "/b is redirected again: name /about, where it ends";
        "two pages with one title", patch!("pages/about.json", "/title", "Title of home") => "pages/home.json", "title", "about.json has the same title";
        "a page without a title of the first level", patch!("pages/about.json", "/sections/0", {"component": "text", "props": {"title": "A", "text": "b"}}) => "pages/about.json", "sections", "no title of the first level (h1)";
        "a page with two titles of the first level", patch!("pages/about.json", "/sections", [{"component": "divider"}, {"component": "hero", "props": {"title": "A"}}, {"component": "container", "slots": {"content": [{"component": "hero", "props": {"title": "B"}}]}}]) => "pages/about.json", "sections[2]", "a second title of the first level (h1) here";
        "two titles after composition", |f| { f.patch("site.json", "/components", json!({"own": {"sections": [{"component": "hero", "props": {"title": "A"}}]}})); f.patch("pages/about.json", "/sections", json!([{"component": "hero", "props": {"title": "B"}}, {"component": "own"}])) } => "pages/about.json", "sections[1]", "a second title of the first level";
        "a record with the path of a page", |f| f.patch("pages/about.json", "/path", json!("/posts/two")) => "entities/post.jsonl", "line 2: slug", "/posts/two is the path of pages/about.json";
        "a link to an anchor that is not there", |f| link(f, "/#prices") => "pages/about.json", "sections[0].props.actions[0].href", "/ has no anchor \"prices\": give the section";
        "a link to an anchor of the same page that is not there", |f| link(f, "#prices") => "pages/about.json", "sections[0].props.actions[0].href", "/about has no anchor \"prices\"";
        "a link to a redirect", |f| { f.patch("site.json", "/redirects", json!([{"from": "/us", "to": "/about"}])); link(f, "/us") } => "pages/about.json", "sections[0].props.actions[0].href", "/us redirects to /about: link to that";
        "a link in another spelling", |f| link(f, "/About/") => "pages/about.json", "sections[0].props.actions[0].href", "/About/ redirects to /about: write it so";
        "a file that nothing names", write!("files/old/unused.svg", common::folder::PICTURE) => "files/old/unused.svg", "", "nothing names it: use it, or take it away";
        "a picture that had to be cleaned", write!("files/pic.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9' onload='x()'><script>x()</script><rect width='9' height='9'/></svg>") => "files/pic.svg", "", "<script>, onload of <svg> was left out of the picture: take it out";
        "a folder that is none of a site's", write!("page/home.json", "{}") => "page", "", "is not read: a site has site.json, pages/";
        "a file with another ending", write!("entities/post.json", "[]") => "entities/post.json", "", "is not read: name it entities/….jsonl";
    }
}

fn blog_list() -> Value {
    json!({"component": "blog-list", "props": {"type": "post", "index": "newest", "link": "/posts/:slug"}})
}

fn topics() -> Value {
    json!([{"field": "topic", "label": "Topic", "options": [{"value": "sea", "label": "Sea"}]}])
}

/// A list on a page, with one of its props changed.
fn list(folder: &Folder, pointer: &str, value: Value) {
    let hero = json!({"component": "hero", "props": {"title": "About"}});
    folder.patch("pages/about.json", "/sections", json!([hero, blog_list()]));
    folder.patch("pages/about.json", &format!("/sections/1/props{pointer}"), value);
}

/// A component of the site's own with a list in it, as a page uses it.
fn own_list(folder: &Folder, props: Value) {
    let mut list = blog_list();
    list["props"]["type"] = json!({"$param": "of"});
    list["props"]["title"] = json!({"$param": "title"});
    let parameters = json!({"of": {"kind": "name"}, "title": {"kind": "text"}});
    folder.patch("site.json", "/components", json!({"own": {"parameters": parameters, "sections": [list]}}));
    let hero = json!({"component": "hero", "props": {"title": "About"}});
    folder.patch("pages/about.json", "/sections", json!([hero, {"component": "own", "props": props}]));
}

fn link(folder: &Folder, href: &str) {
    folder.patch("pages/about.json", "/sections/0/props/actions", json!([{"label": "a", "href": href}]));
}

/// The page of the posts, with a list of related ones.
fn post_page(related: Value) -> Value {
    let mut page = page("post", "en", "/posts/:slug");
    page["entity"] = json!("post");
    let props = if related.is_object() { json!({"related": related}) } else { json!({}) };
    page["sections"] = json!([{"component": "blog-post", "props": props}]);
    page
}

fn with(mut value: Value, pointer: &str, new: Value) -> Value {
    *value.pointer_mut(pointer).unwrap() = new;
    value
}

fn other_type() -> Value {
    with(post_type(), "/id", json!("other"))
}

/// A second file of records, whose one record has a mistake.
fn more(folder: &Folder, pointer: &str, value: Value) {
    folder.json("entities/post-2.jsonl", &record("three"));
    folder.patch("entities/post-2.jsonl", pointer, value);
}

fn nested(depth: usize) -> Value {
    match depth {
        0 => json!({"component": "divider"}),
        _ => json!({"component": "container", "slots": {"content": [nested(depth - 1)]}}),
    }
}

/// What is wrong with the findings about a mistake.
fn judge(case: &Case, severity: Severity, findings: &[Finding]) -> Option<String> {
    let fits = |f: &Finding| {
        f.severity == severity
            && f.source == format!("sites/demo/{}", case.source)
            && (f.problem.path == case.path || (!case.path.is_empty() && f.problem.path.ends_with(case.path)))
            && f.problem.message.contains(case.says)
    };
    let all: Vec<String> = findings
        .iter()
        .map(|f| format!("    [{}] [{}] {}", f.source, f.problem.path, f.problem.message))
        .collect();
    (!findings.iter().any(fits)).then(|| {
        format!("{}: expected [{}] [{}] {}\n{}", case.name, case.source, case.path, case.says, all.join("\n"))
    })
}

#[test]
fn every_mistake_is_found_where_it_is_with_a_remedy() {
    let mut wrong = vec![];
    for case in &fatal() {
        let folder = Folder::small();
        (case.make)(&folder);
        match folder.publish() {
            Ok(_) => wrong.push(format!("{}: was published", case.name)),
            Err(findings) => wrong.extend(judge(case, Severity::Problem, &findings)),
        }
    }
    let problems = partial().into_iter().map(|case| (Severity::Problem, case));
    for (severity, case) in
        &problems.chain(warnings().into_iter().map(|case| (Severity::Warning, case))).collect::<Vec<_>>()
    {
        let severity = *severity;
        let folder = Folder::small();
        folder.json("pages/other.json", &page("other", "en", "/other"));
        (case.make)(&folder);
        match folder.publish() {
            Err(findings) => wrong.push(format!("{}: nothing was published: {findings:?}", case.name)),
            Ok(published) => {
                wrong.extend(judge(case, severity, &published.findings));
                if severity == Severity::Warning && published.findings.iter().any(Finding::is_problem) {
                    wrong.push(format!("{}: {:?}", case.name, published.findings));
                }
                let host = published.release.kv.iter().find(|(key, _)| key == "host/demo.example").unwrap();
                if !host.1.contains("\"/other\"")
                    || !published.release.records.iter().any(|r| r.record.slug == "one")
                {
                    wrong.push(format!("{}: the rest of the site is missing", case.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_good_site_has_no_findings() {
    let published = Folder::small().publish().unwrap_or_else(|f| panic!("{f:?}"));
    assert_eq!(published.findings, vec![]);
}
