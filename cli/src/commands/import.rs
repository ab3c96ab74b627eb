//! `manysite import`: a site as its folder has it. What is so already is left alone, so a second import changes nothing;
//! what only the server has stays.

use crate::api::Sent;
use crate::commands::{assets, check, publish};
use crate::context::{Context, Site, hosts};
use crate::documents::{self, Base};
use crate::failure::{At, Exit, Failure};
use crate::folder::Folder;
use crate::output::{Outcome, done, field, warnings};
use crate::records::{self, Format};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Args {
    /// The site's folder
    folder: PathBuf,
    /// Leave what was changed as drafts
    #[arg(long)]
    no_publish: bool,
    #[command(flatten)]
    pictures: assets::Pictures,
}

/// Writes the folder's redirects in the place of those that people wrote before; one without any leaves them.
fn redirects(site: &Site, folder: &Folder, did: &mut Done) -> Result<(), Failure> {
    if folder.parts.redirects.is_empty() {
        return Ok(());
    }
    let path = site.path("/redirects");
    let stored: Value = site.api.get(&path)?;
    let status = |redirect: &Value| redirect["status"].as_u64().unwrap_or(301);
    let plain = |list: &[Value], automatic: bool| -> BTreeSet<(String, String, u64)> {
        let fit = list.iter().filter(|redirect| (redirect["automatic"] == true) == automatic);
        fit.map(|redirect| (field(redirect, "from"), field(redirect, "to"), status(redirect))).collect()
    };
    let (stored, given) =
        (stored["redirects"].as_array().map_or(&[][..], Vec::as_slice), &folder.parts.redirects);
    let from = |(from, _, _): (String, String, u64)| from;
    let known: BTreeSet<String> = plain(stored, true).into_iter().map(from).collect();
    let mut automatic = plain(given, true).into_iter().map(from);
    if plain(stored, false) == plain(given, false) && automatic.all(|from| known.contains(&from)) {
        did.same += 1;
        return Ok(());
    }
    site.api.ask("PUT", &path, &Sent::Json(json!({"redirects": folder.parts.redirects})), &[])?;
    did.changed += 1;
    Ok(())
}

/// Retires the types that are so in the folder, after their records are there.
fn retire(site: &Site, folder: &Folder, did: &mut Done) -> Result<(), Failure> {
    for id in folder.parts.retired.iter().filter_map(Value::as_str) {
        let is_active = documents::get(site, "types", id)?.status == "active";
        if is_active {
            site.api.ask("DELETE", &site.path(&documents::path("types", id)), &Sent::Nothing, &[])?;
        }
        did.count(is_active);
    }
    Ok(())
}

/// What an import did.
#[derive(Default)]
pub struct Done {
    /// Documents and files that were made or changed.
    pub changed: usize,
    /// Those that were so already.
    pub same: usize,
    pub warnings: Vec<At>,
}

pub fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let found = check::findings(&args.folder)?;
    let report = check::outcome(&found);
    if report.exit != Exit::Good {
        return Ok(report);
    }
    let folder = Folder::read(&args.folder)?;
    let api = context.api()?;
    let (site, created) = match context.site.clone() {
        Some(_) => (context.site()?, false),
        None => find_or_make(context, api, &folder)?,
    };
    let mut did = store(&site, &folder, args.pictures.pictures.as_deref())?;
    records(&site, &folder, !args.no_publish, &mut did)?;
    retire(&site, &folder, &mut did)?;
    did.warnings.extend(add_hosts(&site, &folder)?);
    redirects(&site, &folder, &mut did)?;
    let published = match args.no_publish {
        true => None,
        false => Some(publish::publish(&site, json!({"everything": true, "note": ""}))?),
    };
    let mut text = match created {
        true => done(&format!("The site is made, id {}", site.id)),
        false => String::new(),
    };
    text += &done(&format!("{} documents and files changed, {} the same already", did.changed, did.same));
    text += &warnings(&did.warnings);
    text += &published.iter().map(|p| publish::text(p, "Published")).collect::<String>();
    let value = json!({
        "id": site.id, "created": created, "changed": did.changed, "same": did.same, "warnings": did.warnings, "release": published,
    });
    Ok(Outcome::new(value, text))
}

/// The site at the folder's primary host, or a new one there.
fn find_or_make(context: &Context, api: crate::api::Api, folder: &Folder) -> Result<(Site, bool), Failure> {
    let host = folder.parts.hosts.first().cloned().unwrap_or_default();
    let label = host.split('.').next().unwrap_or_default();
    if let Some(id) = context.find(&api, &host)? {
        return Ok((Site { api, id }, false));
    }
    let (tenant, _) = context.tenant(&api)?;
    let general = folder.parts.setting("general").cloned().unwrap_or_default();
    let body = json!({"name": general.get("name"), "locales": general.get("locales"), "host": label});
    let made = api.post(&format!("/api/v1/tenants/{tenant}/sites"), body)?;
    Ok((Site { id: field(&made, "id"), api }, true))
}

/// Adds the further hosts that are below the platform's domain; others have to be claimed.
fn add_hosts(site: &Site, folder: &Folder) -> Result<Vec<At>, Failure> {
    let known: Vec<String> = hosts(&site.api, &site.id)?.iter().map(|host| field(host, "host")).collect();
    let domain =
        known.first().and_then(|host| host.split_once('.')).map(|(_, domain)| domain).unwrap_or_default();
    let mut left = vec![];
    for (n, host) in folder.parts.hosts.iter().enumerate().filter(|(_, host)| !known.contains(host)) {
        match host.strip_suffix(domain).and_then(|label| label.strip_suffix('.')) {
            Some(label) if !label.contains('.') => {
                site.api.post(&site.path("/hosts"), json!({"name": label}))?;
            }
            _ => left.push(At {
                path: format!("hosts[{n}]"),
                message: format!("{host} is not below {domain}: claim it as a domain of the site"),
            }),
        }
    }
    Ok(left)
}

/// Sends the records. One may refer to another that comes later: what was refused is sent again while that helps.
fn records(site: &Site, folder: &Folder, publish: bool, did: &mut Done) -> Result<(), Failure> {
    let mut left: Vec<&(String, String)> = folder.parts.records.iter().collect();
    let mut refused = usize::MAX;
    loop {
        let (mut again, mut problems) = (vec![], vec![]);
        for given in left {
            let (kind, text) = given;
            let pieces = Format::Lines.pieces(text)?;
            let imported = records::import(site, kind, &pieces, publish)
                .map_err(|f| f.about(&format!("entities/{kind}")))?;
            did.changed += imported.created + imported.changed;
            did.same += imported.unchanged;
            if imported.refused > 0 {
                again.push(given);
                problems.extend(imported.problems.into_iter().flat_map(|row| {
                    let at = move |path: &str| format!("entities/{kind}: line {}: {path}", row.line);
                    row.problems
                        .into_iter()
                        .map(move |found| At { path: at(&found.path), message: found.message })
                }));
            }
        }
        match problems.len() {
            0 => return Ok(()),
            n if n < refused => (refused, left) = (n, again),
            _ => {
                return Err(Failure {
                    problems,
                    ..Failure::content("These records were refused; all else is stored.")
                });
            }
        }
    }
}

/// Whether a type is retired in the folder and on the server, and the same: saving it would take it back.
fn still_retired(site: &Site, folder: &Folder, (id, definition): &(String, Value)) -> Result<bool, Failure> {
    if !folder.parts.retired.iter().any(|retired| retired == id) {
        return Ok(false);
    }
    let stored = documents::find(site, "types", id)?;
    Ok(stored.is_some_and(|stored| stored.status == "retired" && documents::has(&stored, definition)))
}

/// Stores everything but the records of a folder in a site, as drafts: what others name comes before them.
pub fn store(site: &Site, folder: &Folder, pictures: Option<&Path>) -> Result<Done, Failure> {
    let mut did = Done::default();
    for how in assets::push(site, &folder.files, pictures)?.values() {
        did.count(*how != "same");
    }
    let setting = |wanted: &[&str]| {
        let fits =
            |id: &str| wanted.iter().any(|want| *want == id || id.starts_with("frame-") && *want == "frame");
        folder.parts.settings.iter().filter(|(id, _)| fits(id)).collect::<Vec<_>>()
    };
    let mut types = vec![];
    for one in &folder.parts.types {
        match still_retired(site, folder, one)? {
            true => did.same += 1,
            false => types.push(one),
        }
    }
    // Pages of records come before what links to them.
    let (details, pages): (Vec<_>, Vec<_>) =
        folder.parts.pages.iter().partition(|(_, page)| page.get("entity").is_some());
    let steps: [(&str, Vec<&(String, Value)>); 8] = [
        ("settings", setting(&["general"])),
        ("types", types),
        ("settings", setting(&["theme", "organisation"])),
        ("components", folder.parts.components.iter().collect()),
        ("blocks", folder.parts.blocks.iter().collect()),
        ("pages", details),
        ("pages", pages),
        ("settings", setting(&["frame", "search", "not_found"])),
    ];
    let documents = steps.into_iter().flat_map(|(kind, of)| of.into_iter().map(move |one| (kind, one)));
    save_all(site, documents.collect(), &mut did)?;
    did.changed += assets::tell(site, &folder.parts.files)?;
    Ok(did)
}

/// Saves documents, of which some can be saved only when others are there: those that are refused are tried again
/// while that helps. Pages of records may link to each other in a circle: there each begins without its sections.
fn save_all(site: &Site, documents: Vec<(&str, &(String, Value))>, did: &mut Done) -> Result<(), Failure> {
    let style = ProgressStyle::with_template("  {bar:30} {pos}/{len} documents {eta}").ok();
    let bar = style.into_iter().fold(ProgressBar::new(documents.len() as u64), ProgressBar::with_style);
    let (mut left, mut begun) = (documents, false);
    while !left.is_empty() {
        let (mut again, mut problems, before) = (vec![], vec![], left.len());
        for (kind, one) in left {
            let (id, document) = one;
            match documents::save(site, kind, id, document, Base::Newest) {
                Ok(saved) => {
                    did.count(saved.changed);
                    bar.inc(1);
                }
                Err(failure) if failure.exit == Exit::Content => {
                    problems.extend(failure.about(&format!("{kind}/{id}")).problems);
                    again.push((kind, one));
                }
                Err(failure) => return Err(failure.about(&format!("{kind}/{id}"))),
            }
        }
        if again.len() == before {
            if begun {
                let detail = "These documents were refused; what was stored before them stays.";
                return Err(Failure { problems, ..Failure::content(detail) });
            }
            for (kind, (id, document)) in again.iter().filter(|(_, (_, page))| page.get("entity").is_some()) {
                if documents::find(site, kind, id)?.is_some() {
                    continue;
                }
                let mut bare = document.clone();
                if let Some(fields) = bare.as_object_mut() {
                    fields.insert("sections".to_owned(), json!([]));
                }
                documents::save(site, kind, id, &bare, Base::Newest)
                    .map_err(|f| f.about(&format!("{kind}/{id}")))?;
            }
            begun = true;
        }
        left = again;
    }
    bar.finish_and_clear();
    Ok(())
}

impl Done {
    fn count(&mut self, changed: bool) {
        match changed {
            true => self.changed += 1,
            false => self.same += 1,
        }
    }
}
