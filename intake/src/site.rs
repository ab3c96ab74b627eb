//! A site's folder becomes a release.

use crate::compile::{Compiled, Options, Source, compile};
use crate::draft::{BLOCK, block_component};
use crate::findings::{Finding, SITE};
use crate::folder::{BLOCKS, Folder};
use crate::library::{Drawing, Library};
use crate::records::Read;
use crate::release::{Release, json_text};
use crate::{content, draft, routes};
use model::names::Hostname;
use model::problem::Problem;
use model::records::{HostRecord, SiteRecord, Status, VERSION};
use model::{SiteScope, keys};
use std::path::Path;

/// A published site, what has to be drawn for it, and what was wrong with its folder. A page, record or section
/// with a problem is left out; the rest is published.
pub struct Published {
    pub scope: SiteScope,
    pub tenant: draft::Tenant,
    /// The first is the primary one.
    pub hosts: Vec<String>,
    pub status: Status,
    pub release: Release,
    pub drawings: Vec<Drawing>,
    pub findings: Vec<Finding>,
}

/// Publishes the site in a folder; `packages` is the folder of installed npm packages, for the fonts: without it the
/// site has none. Fails only where `site.json` itself cannot be used.
pub fn publish(path: &Path, packages: Option<&Path>, options: &Options) -> Result<Published, Vec<Finding>> {
    let mut folder = Folder::new(path);
    let Some(mut site) = folder.read::<draft::Site>(SITE) else { return Err(folder.found.findings) };
    folder.check_names();
    let library = Library::new(path.join("files"), packages.map(Path::to_owned));
    if let Some(Err(message)) = site.theme.css.as_mut().map(|css| library.replace_by_text(css)) {
        folder.found.problem(SITE, Problem::new("theme.css", message));
        site.theme.css = None;
    }
    for (file, block) in folder.each::<draft::Block>(BLOCKS) {
        site.components.insert(block_component(stem(&file)), block.into());
    }
    let source = Source {
        types: folder.each("types"),
        pages: folder.each("pages"),
        records: Some(folder.lines("entities")),
        site,
    };
    let Some(compiled) = compile(source, Default::default(), &library, options, &mut folder.found) else {
        return Err(folder.found.findings);
    };
    compiled.check_links(&compiled.addresses, &library, &mut folder.found);
    library.check(&mut folder);
    folder.found.findings.iter_mut().for_each(place_in_block);

    let host = |content: Option<Box<SiteRecord>>, status: Status| HostRecord {
        v: VERSION,
        tenant: compiled.site.tenant.id.clone(),
        site: compiled.site.id.clone(),
        status,
        primary: compiled.primary.clone(),
        content,
    };
    let scope = host(None, Status::Active).scope();
    let mut release = stored(&compiled, &scope);
    release.files = library.stored();
    let mut record = compiled.record.clone();
    let shards = routes::shard(&mut record.routes);
    release.kv.extend(shards.into_iter().map(|shard| (shard.key(&scope), shard.text)));
    let tenant = &compiled.site.tenant;
    let status = if tenant.status == Status::Active { compiled.site.status } else { tenant.status };
    let mut content = Some(Box::new(record));
    for (n, name) in compiled.site.hosts.iter().enumerate() {
        let content = if n == 0 && status == Status::Active { content.take() } else { None };
        release.kv.push((keys::host(name), json_text(&host(content, status))));
    }
    for Read { stored, .. } in compiled.records {
        release.records.push(stored);
    }
    Ok(Published {
        scope,
        tenant: compiled.site.tenant,
        hosts: compiled.site.hosts.iter().map(Hostname::to_string).collect(),
        status,
        drawings: library.drawings(),
        findings: folder.found.findings,
        release,
    })
}

/// The name of a file without folder and ending.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".json").unwrap_or(name)
}

/// Blocks are compiled as components of the settings: what is found in one is in a file of its own.
fn place_in_block(finding: &mut Finding) {
    let block = finding.problem.path.strip_prefix("components.").and_then(|path| path.strip_prefix(BLOCK));
    if let (Some(block), Some(folder)) = (block, finding.source.strip_suffix(SITE)) {
        let (id, path) = block.split_once('.').unwrap_or((block, ""));
        finding.source = format!("{folder}{BLOCKS}/{id}.json");
        finding.problem.path = path.to_owned();
    }
}

/// Everything but files, records and host records.
fn stored(compiled: &Compiled, scope: &SiteScope) -> Release {
    let mut release = Release {
        kv: compiled.immutable().into_iter().map(|record| (record.key(scope), record.text)).collect(),
        ..Release::default()
    };
    release.types = compiled
        .types
        .iter()
        .map(|(id, definition)| (id.to_string(), serde_json::json!(definition)))
        .collect();
    release.documents.extend(compiled.pages(scope).filter_map(|page| page.document));
    for Read { stored, .. } in &compiled.records {
        let record = &stored.record;
        let path = compiled.record.types.get(&record.kind).and_then(|s| s.paths.get(&record.locale));
        if let (Some(path), Some(definition)) = (path, compiled.types.get(&record.kind)) {
            let page = path.replace(":slug", &record.slug);
            release.documents.push(content::document(scope, stored, definition, page));
        }
    }
    release.documents.sort_by(|a, b| (&a.at, &a.id).cmp(&(&b.at, &b.id)));
    release
}
