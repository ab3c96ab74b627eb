//! A site's folder becomes a release.

use crate::content::{self, Unique};
use crate::release::{Document, Release, StoredFile};
use crate::sections::{self, Known};
use crate::{Finding, digest, draft, fonts, picture, style};
use app::schemas;
use model::asset::Image;
use model::entity::{EntityType, TypeSummary};
use model::ids::{ContentHash, PageId, TypeName};
use model::names::{Locale, PagePath};
use model::problem::{Problem, join};
use model::records::{
    Frame, HostRecord, MAX_INLINE_ROUTES, Pattern, Redirect, Route, RouteShard, Routes, Shards, SiteRecord,
    Status, ThemeSummary, VERSION, shard_of,
};
use model::schema::Field;
use model::section::name_and_variant;
use model::theme::{ThemeRecord, Tokens};
use model::{SiteScope, keys};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where and how a site is published.
pub struct Options<'a> {
    /// `http` for local hosts, else `https`.
    pub scheme: &'a str,
    /// Name of the D1 binding that holds the site's content.
    pub database: &'a str,
    pub release: u64,
    /// The folder of installed npm packages, for the fonts.
    pub packages: &'a Path,
}

/// A picture that has to be drawn in its widths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    pub source: PathBuf,
    pub ext: String,
    pub hash: ContentHash,
    pub widths: Vec<u32>,
}

/// A picture and how pages refer to it, or why it cannot be used.
type Looked = Result<(Drawing, Image<'static>), String>;

/// The site's files, looked up once each.
pub struct Library {
    folder: PathBuf,
    known: RefCell<BTreeMap<String, Looked>>,
}

impl Library {
    fn new(folder: PathBuf) -> Self {
        Self { folder, known: RefCell::default() }
    }

    fn path(&self, file: &str) -> Result<PathBuf, String> {
        let plain = !file.is_empty()
            && file.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
            && !file.contains('\\');
        if !plain {
            return Err(format!("{file:?} is not the name of a file in files/"));
        }
        Ok(self.folder.join(file))
    }

    fn bytes(&self, file: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.path(file)?)
            .map_err(|e| format!("files/{file} cannot be read ({e}): add it, or name another file"))
    }

    /// A picture as pages refer to it, with its widths stored as WebP.
    pub fn picture(&self, file: &str, alt: &str) -> Result<Value, String> {
        let found = self.known.borrow_mut().entry(file.to_owned()).or_insert_with(|| self.look(file)).clone();
        let (_, image) = found?;
        serde_json::to_value(Image { alt: alt.into(), ..image }).map_err(|e| e.to_string())
    }

    fn look(&self, file: &str) -> Result<(Drawing, Image<'static>), String> {
        let (stem, ext) = file.rsplit_once('.').ok_or_else(|| format!("files/{file} has no ending"))?;
        let bytes = self.bytes(file)?;
        let picture = picture::read(ext, &bytes).map_err(|e| format!("files/{file}: {e}"))?;
        let hash = digest::of(&bytes);
        let widths = picture.widths();
        let name = stem.rsplit('/').next().unwrap_or(stem).to_owned();
        let image = Image {
            asset: hash.to_string().into(),
            name: name.into(),
            ext: "webp".into(),
            width: picture.width,
            height: picture.height,
            widths: widths.clone(),
            alt: "".into(),
        };
        Ok((Drawing { source: self.path(file)?, ext: ext.to_owned(), hash, widths }, image))
    }

    /// A mark such as a logo: it stays a vector picture.
    fn mark(&self, given: &draft::Picture) -> Result<(Image<'static>, StoredFile), String> {
        let bytes = self.bytes(&given.file)?;
        let picture = picture::read("svg", &bytes).map_err(|e| format!("files/{}: {e}", given.file))?;
        let svg = picture.to_svg().ok_or("a logo is an svg file")?.into_bytes();
        let hash = digest::of(&svg);
        let name = given.file.trim_end_matches(".svg").replace('/', "-");
        let image = Image {
            asset: hash.to_string().into(),
            name: name.into(),
            ext: "svg".into(),
            width: picture.width,
            height: picture.height,
            widths: vec![],
            alt: given.alt.clone().into(),
        };
        Ok((image, StoredFile { hash, width: None, content_type: "image/svg+xml", bytes: svg }))
    }

    fn drawings(&self) -> Vec<Drawing> {
        self.known.borrow().values().flatten().map(|(drawing, _)| drawing.clone()).collect()
    }
}

/// A published site, what has to be drawn for it, and what was wrong with its folder. A page, record or section
/// with a problem is left out; the rest is published.
pub struct Published {
    pub scope: SiteScope,
    pub hosts: Vec<String>,
    pub status: Status,
    pub release: Release,
    pub drawings: Vec<Drawing>,
    pub findings: Vec<Finding>,
}

struct Publishing<'a> {
    folder: &'a Path,
    findings: Vec<Finding>,
    release: Release,
}

/// Publishes the site in a folder. Fails only where `site.json` itself cannot be used.
pub fn publish(folder: &Path, options: &Options) -> Result<Published, Vec<Finding>> {
    let mut work = Publishing { folder, findings: vec![], release: Release::default() };
    let Some(site) = work.read::<draft::Site>(&folder.join("site.json")) else { return Err(work.findings) };
    work.check_site(&site);
    let library = Library::new(folder.join("files"));
    let own = work.own_components(&site, &library);
    let parameters: BTreeMap<String, Vec<Field>> =
        own.iter().map(|(name, (fields, _))| (name.clone(), fields.clone())).collect();
    let definitions: BTreeMap<String, Value> =
        own.into_iter().map(|(name, (_, value))| (name, value)).collect();
    let known = Known { library: &library, own: &parameters, parameters: None };

    let types = work.types();
    let theme = work.theme(&site, &library, options);
    let (theme_record, theme_summary) = match theme {
        Some(theme) => theme,
        None => return Err(work.findings),
    };
    let pages = work.pages(&site, &known);
    let frame = work.frame(&site, &known);

    let scope = HostRecord {
        v: VERSION,
        tenant: site.tenant.id.clone(),
        site: site.id.clone(),
        status: Status::Active,
        primary: site.hosts.first().cloned().ok_or_else(|| work.findings.clone())?,
        content: None,
    }
    .scope();
    let summaries = type_summaries(&types, &pages);
    work.records(&scope, &types, &summaries, &known);
    let theme_json = json_text(&theme_record);
    let mut kv = vec![(keys::theme(&scope, &theme_summary.hash), theme_json)];

    let mut routes = Routes { exact: BTreeMap::new(), shards: None, patterns: vec![] };
    let mut hashes: BTreeMap<(PageId, Locale), ContentHash> = BTreeMap::new();
    for page in &pages {
        let json = page.record(&pages);
        let hash = digest::of(json.as_bytes());
        kv.push((keys::page(&scope, &hash), json));
        hashes.insert((page.draft.id.clone(), page.draft.locale.clone()), hash.clone());
        let route = Route {
            page: hash,
            locale: page.draft.locale.clone(),
            params: sections::params(&page.sections, &definitions),
            noindex: page.draft.noindex,
            group: page.group().to_owned(),
            translations: vec![],
        };
        match (&page.draft.entity, page.draft.path.as_str().strip_suffix(":slug")) {
            (Some(kind), Some(prefix)) => {
                routes.patterns.push(Pattern { prefix: prefix.to_owned(), kind: kind.clone(), route });
            }
            _ => {
                if !page.draft.noindex {
                    work.release.documents.push(page.document(&scope));
                }
                routes.exact.insert(page.draft.path.clone(), route);
            }
        }
    }
    if routes.exact.len() > MAX_INLINE_ROUTES {
        shard(&mut routes, &scope, &mut kv);
    }
    let mut not_found = BTreeMap::new();
    for (locale, id) in &site.not_found {
        match hashes.get(&(id.clone(), locale.clone())) {
            Some(hash) => drop(not_found.insert(locale.clone(), hash.clone())),
            None => {
                let message = format!("there is no page {id} in {locale}: name one of pages/");
                work.find(&folder.join("site.json"), Problem::new(format!("not_found.{locale}"), message));
            }
        }
    }
    let content = SiteRecord {
        release: options.release,
        epoch: options.release,
        scheme: options.scheme.to_owned(),
        database: options.database.to_owned(),
        locales: site.locales.clone(),
        name: site.name.clone(),
        theme: theme_summary,
        organisation: site.organisation.as_ref().map(raw),
        frame,
        components: definitions.iter().map(|(name, value)| (name.clone(), raw(value))).collect(),
        types: summaries,
        routes,
        redirects: site
            .redirects
            .iter()
            .map(|r| (r.from.clone(), Redirect { to: r.to.clone(), status: r.status }))
            .collect(),
        not_found,
        search: site.search.clone(),
    };
    let status = if site.tenant.status == Status::Active { site.status } else { site.tenant.status };
    let mut content = Some(Box::new(content));
    for (n, host) in site.hosts.iter().enumerate() {
        let record = HostRecord {
            v: VERSION,
            tenant: site.tenant.id.clone(),
            site: site.id.clone(),
            status,
            primary: site.hosts.first().cloned().unwrap_or_else(|| host.clone()),
            content: if n == 0 && status == Status::Active { content.take() } else { None },
        };
        kv.push((keys::host(host), json_text(&record)));
    }
    work.release.kv = kv;
    work.release.documents.sort_by(|a, b| (&a.at, &a.id).cmp(&(&b.at, &b.id)));
    Ok(Published {
        scope,
        hosts: site.hosts.iter().map(ToString::to_string).collect(),
        status,
        drawings: library.drawings(),
        findings: work.findings,
        release: work.release,
    })
}

fn json_text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("records are made of texts, numbers and lists")
}

fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).expect("a value is JSON")
}

/// Moves the exact routes into records of their own, in which each names its translations.
fn shard(routes: &mut Routes, scope: &SiteScope, kv: &mut Vec<(String, String)>) {
    let mut exact = std::mem::take(&mut routes.exact);
    let mut groups: BTreeMap<String, Vec<(Locale, PagePath)>> = BTreeMap::new();
    for (path, route) in exact.iter().filter(|(_, route)| !route.noindex) {
        groups.entry(route.group.clone()).or_default().push((route.locale.clone(), path.clone()));
    }
    for route in exact.values_mut().filter(|route| !route.noindex) {
        if let Some(translations) = groups.get(&route.group).filter(|group| group.len() > 1) {
            route.translations.clone_from(translations);
        }
    }
    let count = (exact.len() / MAX_INLINE_ROUTES + 1) as u32;
    let mut shards: Vec<RouteShard> = vec![RouteShard::new(); count as usize];
    for (path, route) in exact {
        if let Some(shard) = shards.get_mut(shard_of(&path, count) as usize) {
            shard.insert(path, route);
        }
    }
    let texts: Vec<String> = shards.iter().map(json_text).collect();
    let hash = digest::of(texts.concat().as_bytes());
    kv.extend(texts.into_iter().zip(0..).map(|(text, n)| (keys::routes(scope, &hash, n), text)));
    routes.shards = Some(Shards { hash, count });
}

fn type_summaries(types: &BTreeMap<TypeName, EntityType>, pages: &[Page]) -> BTreeMap<TypeName, TypeSummary> {
    let summary = |definition: &EntityType| TypeSummary {
        indexes: definition.indexes.clone(),
        schema_org: definition.schema_org.clone(),
        paths: pages
            .iter()
            .filter(|p| p.draft.entity.as_ref() == Some(&definition.id))
            .map(|p| (p.draft.locale.clone(), p.draft.path.to_string()))
            .collect(),
    };
    types.iter().map(|(name, definition)| (name.clone(), summary(definition))).collect()
}

/// A page whose sections are ready to be stored.
struct Page {
    draft: draft::Page,
    image: Option<Value>,
    sections: Vec<Value>,
}

impl Page {
    fn group(&self) -> &str {
        self.draft.group.as_deref().unwrap_or(self.draft.id.as_str())
    }

    /// The stored record: the same bytes for the same content, because its name is their digest.
    fn record(&self, pages: &[Self]) -> String {
        let mut alternates: Vec<_> = vec![];
        if self.draft.entity.is_none() {
            let same = pages.iter().filter(|p| p.group() == self.group() && p.draft.entity.is_none());
            alternates.extend(same.map(|p| json!([p.draft.locale, p.draft.path])));
        }
        if alternates.len() < 2 {
            alternates.clear();
        }
        let (mut sections, mut lines) = (self.sections.clone(), vec![]);
        lift_props(&mut sections, &mut lines);
        let page = json!({
            "v": VERSION, "id": self.draft.id, "locale": self.draft.locale, "entity": self.draft.entity,
            "title": self.draft.title, "description": self.draft.description, "image": self.image,
            "noindex": self.draft.noindex, "alternates": alternates, "sections": sections,
        });
        lines.insert(0, page.to_string());
        lines.join("\n")
    }

    fn document(&self, scope: &SiteScope) -> Document {
        let mut body = String::new();
        page_text(&self.sections, &mut body);
        Document {
            kind: "page",
            id: format!("{}.{}", self.draft.id, self.draft.locale),
            scope: keys::search_scope(scope, self.draft.locale.as_str()),
            title: self.draft.title.clone(),
            body,
            path: self.draft.path.to_string(),
            summary: self.draft.description.clone(),
            at: String::new(),
        }
    }
}

/// Takes the props out of sections, each onto a line of its own; what is left is the number of the line.
fn lift_props(sections: &mut [Value], lines: &mut Vec<String>) {
    for section in sections.iter_mut().filter_map(Value::as_object_mut) {
        if let Some(props) = section.get_mut("props") {
            lines.push(props.to_string());
            *props = json!(lines.len() - 1);
        }
        for slot in section.get_mut("slots").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(inner) = slot.get_mut("sections").and_then(Value::as_array_mut) {
                lift_props(inner, lines);
            }
        }
    }
}

fn page_text(sections: &[Value], body: &mut String) {
    for section in sections {
        let component = section.get("component").and_then(Value::as_str).unwrap_or_default();
        let fields = schemas::of(name_and_variant(component).0).unwrap_or_default();
        for field in &fields {
            if let Some(value) = section.get("props").and_then(|p| p.get(&field.name)) {
                content::push_text(&field.kind, value, body);
            }
        }
        for slot in section.get("slots").and_then(Value::as_array).into_iter().flatten() {
            page_text(slot.get("sections").and_then(Value::as_array).map_or(&[][..], Vec::as_slice), body);
        }
    }
}

impl Publishing<'_> {
    fn find(&mut self, source: &Path, problem: Problem) {
        let parent = self.folder.parent().and_then(Path::parent).unwrap_or(self.folder);
        let source = source.strip_prefix(parent).unwrap_or(source).display().to_string();
        self.findings.push(Finding { source, problem });
    }

    fn find_all(&mut self, source: &Path, problems: Vec<Problem>) {
        problems.into_iter().for_each(|problem| self.find(source, problem));
    }

    fn read<T: DeserializeOwned>(&mut self, path: &Path) -> Option<T> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) => {
                self.find(path, Problem::new("", format!("cannot be read: {e}")));
                return None;
            }
        };
        match parse(&text) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.find(path, problem);
                None
            }
        }
    }

    /// The files of a folder with an ending, in the order of their names; none where there is no such folder.
    fn files(&self, folder: &str, ext: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.join(folder)).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> =
            entries.map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == ext)).collect();
        paths.sort();
        paths
    }

    fn check_site(&mut self, site: &draft::Site) {
        let mut problems = vec![];
        if site.hosts.is_empty() {
            problems.push(Problem::new("hosts", "missing; name at least one host, the first is the primary"));
        }
        if site.locales.is_empty() {
            problems.push(Problem::new("locales", "missing; name at least one, the first is the default"));
        }
        for locale in
            site.name.keys().chain(site.frame.keys()).chain(site.not_found.keys()).chain(site.search.keys())
        {
            if !site.locales.contains(locale) {
                problems.push(Problem::new(
                    "locales",
                    format!("{locale} is used but not among the site's locales: add it"),
                ));
            }
        }
        for (n, redirect) in site.redirects.iter().enumerate() {
            if !model::safe::is_safe_url(&redirect.to) {
                problems
                    .push(Problem::new(format!("redirects[{n}].to"), "expected a path or an https: address"));
            }
            if ![301, 302, 307, 308].contains(&redirect.status) {
                problems
                    .push(Problem::new(format!("redirects[{n}].status"), "expected 301, 302, 307 or 308"));
            }
        }
        let path = self.folder.join("site.json");
        self.find_all(&path, problems);
    }

    fn own_components(
        &mut self,
        site: &draft::Site,
        library: &Library,
    ) -> BTreeMap<String, (Vec<Field>, Value)> {
        let none = BTreeMap::new();
        let mut own = BTreeMap::new();
        let path = self.folder.join("site.json");
        for (name, component) in &site.components {
            let fields: Vec<Field> = component
                .parameters
                .iter()
                .map(|(name, p)| Field {
                    required: p.required,
                    default: p.default.clone(),
                    ..Field::new(name, p.kind.clone())
                })
                .collect();
            let mut problems = vec![];
            let known = Known { library, own: &none, parameters: Some(&fields) };
            let at = join(&join("components", name), "sections");
            let sections = known.sections(&component.sections, &at, 1, &mut problems);
            let defaults: Map<String, Value> =
                fields.iter().filter_map(|f| Some((f.name.clone(), f.default.clone()?))).collect();
            self.find_all(&path, problems);
            own.insert(name.clone(), (fields, json!({"sections": sections, "defaults": defaults})));
        }
        own
    }

    fn types(&mut self) -> BTreeMap<TypeName, EntityType> {
        let mut types = BTreeMap::new();
        for path in self.files("types", "json") {
            let Some(definition) = self.read::<EntityType>(&path) else { continue };
            let problems = content::check_type(&definition);
            let good = problems.is_empty();
            self.find_all(&path, problems);
            if good {
                self.release.types.push((definition.id.to_string(), json!(definition)));
                types.insert(definition.id.clone(), definition);
            }
        }
        types
    }

    fn theme(
        &mut self,
        site: &draft::Site,
        library: &Library,
        options: &Options,
    ) -> Option<(ThemeRecord, ThemeSummary)> {
        let path = self.folder.join("site.json");
        let tokens = match tokens(&site.theme) {
            Ok(tokens) => tokens,
            Err(problem) => {
                self.find(&path, problem.within("theme"));
                return None;
            }
        };
        for (scheme, palette) in [("light", &tokens.light), ("dark", &tokens.dark)] {
            for (a, b, ratio) in palette.low_contrasts() {
                self.find(&path, Problem::new("theme.tokens", format!("{a} on {b} has a contrast of {ratio:.1}:1 in {scheme}, below 4.5:1: move them apart")));
            }
        }
        let languages: Vec<&str> = site.locales.iter().map(Locale::language).collect();
        let families = [tokens.font_body.as_str(), tokens.font_heading.as_str()];
        let faces = match fonts::faces(options.packages, &families, &languages) {
            Ok((faces, files)) => {
                self.release.files.extend(files);
                faces
            }
            Err(message) => {
                self.find(&path, Problem::new("theme.tokens", message));
                vec![]
            }
        };
        let css = match site
            .theme
            .css
            .as_ref()
            .map(|file| library.bytes(file).and_then(|css| style::parse(&String::from_utf8_lossy(&css))))
        {
            None => String::new(),
            Some(Ok(css)) => css,
            Some(Err(message)) => {
                self.find(&path, Problem::new("theme.css", message));
                String::new()
            }
        };
        let mut mark = |name: &str, given: &Option<draft::Picture>| match library.mark(given.as_ref()?) {
            Ok((image, file)) => {
                self.release.files.push(file);
                Some(image)
            }
            Err(message) => {
                self.find(&path, Problem::new(format!("theme.{name}"), message));
                None
            }
        };
        let (logo, logo_dark, icon) = (
            mark("logo", &site.theme.logo),
            mark("logo_dark", &site.theme.logo_dark),
            mark("icon", &site.theme.icon),
        );
        let preload = faces.iter().filter(|f| f.preload).cloned().collect();
        let record = ThemeRecord { v: VERSION, tokens, fonts: faces, css };
        let summary = ThemeSummary {
            hash: digest::of(json_text(&record).as_bytes()),
            background_light: record.tokens.light.background.to_string(),
            background_dark: record.tokens.dark.background.to_string(),
            logo,
            logo_dark,
            icon,
            preload,
        };
        Some((record, summary))
    }

    fn pages(&mut self, site: &draft::Site, known: &Known) -> Vec<Page> {
        let mut pages = vec![];
        let mut unique = Unique::default();
        for path in self.files("pages", "json") {
            let Some(draft) = self.read::<draft::Page>(&path) else { continue };
            let mut problems = vec![];
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            unique.claim("path", format!("path {}", draft.path), &name, "path", &mut problems);
            unique.claim("id", format!("id {} {}", draft.id, draft.locale), &name, "id", &mut problems);
            if !site.locales.contains(&draft.locale) {
                problems.push(Problem::new("locale", "not among the site's locales"));
            } else if site.locales.first() != Some(&draft.locale) {
                let prefix = format!("/{}", draft.locale);
                let below = draft
                    .path
                    .as_str()
                    .strip_prefix(&prefix)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                if !below {
                    problems.push(Problem::new(
                        "path",
                        format!("a page in {} starts with {prefix}", draft.locale),
                    ));
                }
            }
            if draft.path.as_str().starts_with("/-")
                || draft.path.as_str().starts_with("/cdn-cgi")
                || draft.path.as_str().starts_with("/.well-known")
            {
                problems.push(Problem::new(
                    "path",
                    "paths below /-/, /cdn-cgi/ and /.well-known/ are reserved: choose another",
                ));
            }
            if draft.entity.is_some() != draft.path.as_str().ends_with("/:slug") {
                problems.push(Problem::new(
                    "entity",
                    "a page of records names their type here, and its path ends in /:slug",
                ));
            }
            for (field, text, max) in [("title", &draft.title, 120), ("description", &draft.description, 320)]
            {
                if text.trim().is_empty() || text.chars().count() > max {
                    problems.push(Problem::new(
                        field,
                        format!("expected 1 to {max} characters, found {}", text.chars().count()),
                    ));
                }
            }
            let mut image = draft.image.clone();
            if let Some(image) = &mut image {
                known.picture("image", image, &mut problems);
            }
            let usable = problems.is_empty();
            let sections = known.sections(&draft.sections, "sections", 0, &mut problems);
            self.find_all(&path, problems);
            if usable {
                pages.push(Page { draft, image, sections });
            }
        }
        pages
    }

    fn frame(&mut self, site: &draft::Site, known: &Known) -> BTreeMap<Locale, Frame> {
        let mut frames = BTreeMap::new();
        let path = self.folder.join("site.json");
        for (locale, frame) in &site.frame {
            let mut problems = vec![];
            let at = format!("frame.{locale}");
            let before = known.sections(&frame.before, &join(&at, "before"), 0, &mut problems);
            let after = known.sections(&frame.after, &join(&at, "after"), 0, &mut problems);
            frames.insert(locale.clone(), Frame { before: raw(&before.into()), after: raw(&after.into()) });
            self.find_all(&path, problems);
        }
        frames
    }

    fn records(
        &mut self,
        scope: &SiteScope,
        types: &BTreeMap<TypeName, EntityType>,
        summaries: &BTreeMap<TypeName, TypeSummary>,
        known: &Known,
    ) {
        let mut unique = Unique::default();
        let mut seqs: BTreeMap<TypeName, usize> = BTreeMap::new();
        for path in self.files("entities", "jsonl") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let kind = name.split(['-', '.']).next().unwrap_or_default();
            let Some((kind, definition)) =
                TypeName::parse(kind).ok().and_then(|kind| types.get_key_value(&kind))
            else {
                self.find(
                    &path,
                    Problem::new("", format!("there is no entity type {kind:?}: add types/{kind}.json")),
                );
                continue;
            };
            let Ok(text) = std::fs::read_to_string(&path) else {
                self.find(&path, Problem::new("", "cannot be read as text"));
                continue;
            };
            for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                let mut problems = vec![];
                let record = match parse::<draft::Record>(line) {
                    Ok(given) => content::record(given, definition, known, &mut problems),
                    Err(problem) => {
                        problems.push(problem);
                        None
                    }
                };
                if let Some(record) = &record {
                    let place = format!("line {} of {name}", n + 1);
                    unique.claim("id", format!("id {}", record.id), &place, "id", &mut problems);
                    unique.claim(
                        "slug",
                        format!("slug {kind} {} {}", record.locale, record.slug),
                        &place,
                        "slug",
                        &mut problems,
                    );
                    for field in definition.fields.iter().filter(|f| f.unique) {
                        if let Some(value) = record.fields.get(&field.name) {
                            unique.claim(
                                &field.name,
                                format!("{kind} {} {} {value}", record.locale, field.name),
                                &place,
                                &join("fields", &field.name),
                                &mut problems,
                            );
                        }
                    }
                }
                if let (Some(record), true) = (record, problems.is_empty()) {
                    let seq = seqs.entry(kind.clone()).or_default();
                    let stored = content::stored(record, definition, *seq);
                    *seq += 1;
                    if let Some(pattern) =
                        summaries.get(kind).and_then(|s| s.paths.get(&stored.record.locale))
                    {
                        let page = pattern.replace(":slug", &stored.record.slug);
                        self.release.documents.push(content::document(scope, &stored, definition, page));
                    }
                    self.release.records.push(stored);
                }
                self.find_all(&path, problems.into_iter().map(|p| content::at_line(n + 1, p)).collect());
            }
        }
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let mut from = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut from).map_err(|e| {
        let path = e.path().to_string();
        Problem::new(
            if matches!(&*path, "." | "?") { String::new() } else { path },
            e.into_inner().to_string(),
        )
    })?;
    from.end().map_err(|e| Problem::new("", e.to_string()))?;
    Ok(value)
}

/// A ready theme's tokens with the site's own in their place.
fn tokens(theme: &draft::Theme) -> Result<Tokens, Problem> {
    let ready = app::theme::ready(&theme.base).ok_or_else(|| {
        Problem::new(
            "base",
            format!("there is no theme {:?}; there are {}", theme.base, app::theme::ready_names().join(", ")),
        )
    })?;
    let mut tokens: Value = serde_json::from_str(ready).map_err(|e| Problem::new("base", e.to_string()))?;
    for (name, value) in &theme.tokens {
        let slot = match (name.as_str(), value) {
            ("dark", Value::Object(dark)) => {
                for (name, value) in dark {
                    set(&mut tokens, "dark", name, value)?;
                }
                continue;
            }
            ("radius" | "width", Value::String(text)) => {
                let number = text.trim_end_matches("px").trim_end_matches("rem");
                let number: u8 = number
                    .parse()
                    .map_err(|_| Problem::new(join("tokens", name), "expected a whole number"))?;
                (name, json!(number))
            }
            ("radius" | "width" | "font_body" | "font_heading" | "heading_weight", value) => {
                (name, value.clone())
            }
            _ => {
                set(&mut tokens, "light", name, value)?;
                continue;
            }
        };
        if let Some(object) = tokens.as_object_mut() {
            object.insert(slot.0.clone(), slot.1);
        }
    }
    serde_path_to_error::deserialize(tokens).map_err(|e| {
        let path = e.path().to_string();
        Problem::new(join("tokens", &path), e.into_inner().to_string())
    })
}

fn set(tokens: &mut Value, scheme: &str, name: &str, value: &Value) -> Result<(), Problem> {
    match tokens.get_mut(scheme).and_then(|p| p.get_mut(name)) {
        Some(slot) => *slot = value.clone(),
        None => {
            return Err(Problem::new(
                join("tokens", name),
                "there is no such token; see docs/add-a-theme.md",
            ));
        }
    }
    Ok(())
}
