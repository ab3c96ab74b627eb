//! Where this person is signed in: an address and an API token, kept in the user's own configuration folder.

use crate::failure::Failure;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub url: String,
    pub tenant: String,
    pub token: String,
    /// Absent where the token was given and not made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
}

pub fn file() -> Result<PathBuf, Failure> {
    let folders = directories::ProjectDirs::from("", "", "manysite");
    let folders = folders.ok_or_else(|| Failure::usage("This user has no home folder: set HOME."))?;
    Ok(folders.config_dir().join("account.json"))
}

fn broken(what: &str, e: impl std::fmt::Display) -> Failure {
    let place = file().map(|file| file.display().to_string()).unwrap_or_default();
    Failure::usage(format!("{place} cannot be {what} ({e})."))
}

pub fn read() -> Result<Option<Account>, Failure> {
    match std::fs::read(file()?) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|e| broken("understood", e)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(broken("read", e)),
    }
}

/// Only this user may read it from its first byte on; written aside, so that no half file is left.
pub fn write(account: &Account) -> Result<PathBuf, Failure> {
    let path = file()?;
    let text = serde_json::to_string_pretty(account).map_err(|e| broken("written", e))?;
    let write = || {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let aside = path.with_extension("part");
        let _ = std::fs::remove_file(&aside);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&aside)?.write_all(text.as_bytes())?;
        std::fs::rename(&aside, &path)
    };
    write().map_err(|e: std::io::Error| broken("written", e))?;
    Ok(path)
}

pub fn forget() -> Result<(), Failure> {
    match std::fs::remove_file(file()?) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(broken("removed", e)),
        _ => Ok(()),
    }
}
