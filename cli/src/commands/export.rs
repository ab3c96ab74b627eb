//! `manysite export`: a site as a folder, in the form that `import` reads.

use crate::context::Context;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::output::{Outcome, done};
use serde_json::{Map, Value, json};
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
    unpack(site.api.open(&site.path("/export"))?, path)?;
    let Folder { parts, files } = Folder::read(path)?;
    let counts = [
        ("settings", parts.settings.len()),
        ("components", parts.components.len()),
        ("blocks", parts.blocks.len()),
        ("types", parts.types.len()),
        ("pages", parts.pages.len()),
        ("records", parts.records.iter().map(|(_, lines)| lines.lines().count()).sum()),
        ("files", files.len()),
    ];
    let said: Vec<String> = counts.iter().map(|(name, n)| format!("{n} {name}")).collect();
    let text = done(&format!("{}: {}", path.display(), said.join(", ")));
    let counts: Map<String, Value> = counts.iter().map(|(name, n)| ((*name).to_owned(), json!(n))).collect();
    Ok(Outcome::new(json!({"id": site.id, "folder": path, "counts": counts}), text))
}

/// Writes the files of an archive into a folder. The widths of pictures are left out: whoever imports draws them.
fn unpack(archive: impl std::io::Read, folder: &Path) -> Result<(), Failure> {
    let broken = |e: std::io::Error| Failure::server(format!("Its answer broke off ({e}). Try again."));
    let mut archive = tar::Archive::new(archive);
    archive.set_preserve_mtime(false);
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        if !entry.path().map_err(broken)?.starts_with("widths") {
            std::fs::create_dir_all(folder)
                .and_then(|()| entry.unpack_in(folder))
                .map_err(|e| Failure::usage(format!("{} cannot be written ({e}).", folder.display())))?;
        }
    }
    Ok(())
}
