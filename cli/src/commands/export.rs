//! `manysite export`: a site as a folder, in the form that `import` reads.

use crate::context::Context;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::output::{Outcome, done};
use serde_json::{Map, Value, json};
use std::cell::Cell;
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
    if let Err(failure) = unpack(site.api.open(&site.path("/export"))?, path) {
        // A part of a site must not look like one; nothing but this was in the folder.
        let _ = std::fs::remove_dir_all(path);
        return Err(failure);
    }
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

/// What is known of an archive while it is read.
#[derive(Default)]
struct Seen {
    /// Bytes at its end so far that are empty.
    empty: Cell<usize>,
    /// No more comes.
    over: Cell<bool>,
}

struct Watched<'s, R>(R, &'s Seen);

impl<R: std::io::Read> std::io::Read for Watched<'_, R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let Self(archive, seen) = self;
        let read = archive.read(bytes);
        let length = read.as_ref().copied().unwrap_or_default();
        let empty = bytes.iter().take(length).rev().take_while(|byte| **byte == 0).count();
        seen.empty.set(if empty == length { seen.empty.get() + empty } else { empty });
        seen.over.set(length == 0);
        read
    }
}

/// Two blocks, which stand behind the last file.
const END: usize = 1024;

/// Writes the files of an archive into a folder. The widths of pictures are left out: whoever imports draws them.
fn unpack(archive: impl std::io::Read, folder: &Path) -> Result<(), Failure> {
    let broken = |e: std::io::Error| Failure::server(format!("Its answer broke off ({e}). Try again."));
    let seen = Seen::default();
    let mut archive = tar::Archive::new(Watched(archive, &seen));
    archive.set_preserve_mtime(false);
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        if !entry.path().map_err(broken)?.starts_with("widths") {
            std::fs::create_dir_all(folder).and_then(|()| entry.unpack_in(folder)).map_err(|e| match seen
                .over
                .get()
            {
                true => broken(e),
                false => Failure::usage(format!("{} cannot be written ({e}).", folder.display())),
            })?;
        }
    }
    std::io::copy(&mut archive.into_inner(), &mut std::io::sink()).map_err(broken)?;
    match seen.empty.get() {
        END.. => Ok(()),
        _ => Err(Failure::server("Its answer broke off before the end of the archive. Try again.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_that_is_cut_off_anywhere_is_no_site() {
        let mut archive = tar::Builder::new(vec![]);
        for (name, text) in [("site.json", "{}"), ("pages/home.json", "{}")] {
            let mut header = tar::Header::new_ustar();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        let whole = archive.into_inner().unwrap();
        let place = tempfile::tempdir().unwrap();
        unpack(whole.as_slice(), place.path()).unwrap();
        assert_eq!(std::fs::read_to_string(place.path().join("pages/home.json")).unwrap(), "{}");
        for length in [0, 100, 512, 700, 1024, 1100, 2048, 2100, 2560] {
            let failure = unpack(whole.get(..length).unwrap(), place.path()).unwrap_err();
            assert_eq!(failure.exit, crate::failure::Exit::Server, "{length}: {failure}");
        }
    }
}
