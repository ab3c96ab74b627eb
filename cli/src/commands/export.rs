//! `manysite export`: a site as a folder, in the form that `import` reads.

use crate::api::{Api, Sent};
use crate::commands::pages;
use crate::context::{Context, Site, hosts};
use crate::documents::{self, Stored};
use crate::failure::Failure;
use crate::folder::{Folder, write_bytes};
use crate::output::{Outcome, done, field};
use crate::records;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Args {
    /// The folder; it must be empty or not there yet
    folder: PathBuf,
}

pub fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let path = &args.folder;
    if std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::usage(format!("{} is not empty: name another folder.", path.display())));
    }
    let site = context.site()?;
    let folder = read(context, &site)?;
    folder.write(path, &site.id)?;
    let files = files(&site, &folder, path)?;
    let counts = [
        ("settings", folder.settings.len()),
        ("components", folder.components.len()),
        ("blocks", folder.blocks.len()),
        ("types", folder.types.len()),
        ("pages", folder.pages.len()),
        ("records", folder.records.iter().map(|(_, lines)| lines.lines().count()).sum()),
        ("files", files),
    ];
    let said: Vec<String> = counts.iter().map(|(name, n)| format!("{n} {name}")).collect();
    let text = done(&format!("{}: {}", path.display(), said.join(", ")));
    let counts: Value = counts
        .iter()
        .map(|(name, n)| ((*name).to_owned(), json!(n)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    Ok(Outcome::new(json!({"id": site.id, "folder": path, "counts": counts}), text))
}

/// Everything of a site as it is being edited; what is in the archive is left there.
fn read(context: &Context, site: &Site) -> Result<Folder, Failure> {
    let mut folder = Folder::default();
    let (tenant, name) = context.tenant(&site.api)?;
    let facts: Value = site.api.get(&site.path(""))?;
    folder.site.extend([
        ("id".to_owned(), json!(site.id)),
        ("status".to_owned(), json!(field(&facts, "status"))),
        ("tenant".to_owned(), json!({"id": tenant, "name": name, "plan": "", "status": "active"})),
    ]);
    folder.hosts = hosts(&site.api, &site.id)?.iter().map(|host| field(host, "host")).collect();
    let redirects: Value = site.api.get(&site.path("/redirects"))?;
    for redirect in redirects["redirects"].as_array().into_iter().flatten() {
        if redirect["automatic"] != true {
            let own = json!({"from": redirect["from"], "to": redirect["to"], "status": redirect["status"]});
            folder.redirects.push(own);
        }
    }
    for (kind, documents) in [
        ("settings", &mut folder.settings),
        ("components", &mut folder.components),
        ("blocks", &mut folder.blocks),
    ] {
        for summary in site.api.all(&site.path(&format!("/{kind}")), "documents")? {
            if field(&summary, "status") == "active" {
                let stored = documents::get(site, kind, &field(&summary, "id"))?;
                documents.push((stored.id, stored.document));
            }
        }
    }
    let types: Vec<Stored> = site.api.get(&site.path("/types"))?;
    for stored in types.into_iter().filter(|stored| stored.status == "active") {
        let found = records::all(site, &stored.id)?;
        if !found.is_empty() {
            folder.records.push((stored.id.clone(), records::lines(&found)));
        }
        folder.types.push((stored.id, stored.document));
    }
    for page in pages::of_status(site, &["draft", "published"], "")? {
        let stored = documents::get(site, "pages", &field(&page, "id"))?;
        folder.pages.push((stored.id, stored.document));
    }
    Ok(folder)
}

/// Brings the files from the site's own host, where they are.
fn files(site: &Site, folder: &Folder, path: &Path) -> Result<usize, Failure> {
    let assets = site.api.all(&site.path("/assets"), "assets")?;
    let host = folder.hosts.first().cloned().unwrap_or_default();
    let visitor = Api::new(&site_url(site.api.url(), &host));
    for asset in &assets {
        let name = field(asset, "path");
        let answer = visitor.ask("GET", &field(asset, "url"), &Sent::Nothing, &[]).map_err(|failure| {
            let detail = format!("{} The site serves its files once it is published.", failure.detail);
            Failure { detail, ..failure }.about(&name)
        })?;
        write_bytes(&path.join("files").join(&name), &answer.body)?;
    }
    Ok(assets.len())
}

/// The address of a site's host, on the server with this admin host.
fn site_url(admin: &str, host: &str) -> String {
    let (scheme, authority) = admin.split_once("://").unwrap_or(("https", admin));
    let port = authority.rsplit_once(':').map(|(_, port)| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{host}{port}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sites_host_is_on_the_port_of_the_admin_host() {
        assert_eq!(site_url("http://admin.localhost:8787", "a.localhost"), "http://a.localhost:8787");
        assert_eq!(site_url("https://admin.example", "a.example"), "https://a.example");
    }
}
