//! The files below a folder.

use crate::names::composed;
use model::problem::Problem;
use std::path::{Path, PathBuf};

fn wrong(at: &Path, message: impl Into<String>) -> Problem {
    Problem::new(at.display().to_string(), message)
}

/// Every file below a folder but hidden ones, in the order of their names, which `below` stands before; none where there is
/// no such folder. Links are followed, but not back to where they stand.
pub fn files(folder: &Path, below: &str) -> Result<Vec<(String, PathBuf)>, Problem> {
    let mut found = vec![];
    walk(folder, below, &mut vec![], &mut found)?;
    found.sort();
    Ok(found)
}

fn walk(
    folder: &Path,
    below: &str,
    above: &mut Vec<PathBuf>,
    found: &mut Vec<(String, PathBuf)>,
) -> Result<(), Problem> {
    let unreadable = |e: std::io::Error| wrong(folder, format!("cannot be read ({e})"));
    let entries = match std::fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(unreadable)?,
    };
    let real = folder.canonicalize().map_err(unreadable)?;
    if above.contains(&real) {
        return Err(wrong(folder, "leads back to a folder that it is in: take this link away"));
    }
    above.push(real);
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        let at = entry.path();
        let name = entry.file_name().into_string();
        let name = name.map_err(|_| wrong(&at, "has a name that is not UTF-8: give it another one"))?;
        if name.starts_with('.') {
            continue;
        }
        let name = format!("{below}{}", composed(&name));
        let kind = std::fs::metadata(&at).map_err(|e| wrong(&at, format!("cannot be read ({e})")))?;
        match (kind.is_dir(), kind.is_file()) {
            (true, _) => walk(&at, &format!("{name}/"), above, found)?,
            (_, true) => found.push((name, at)),
            _ => return Err(wrong(&at, "is neither a file nor a folder: take it away")),
        }
    }
    above.pop();
    Ok(())
}
