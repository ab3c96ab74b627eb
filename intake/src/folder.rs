//! A site's folder: its files are read here.

use crate::findings::{Found, SITE};
use crate::parse::parse;
use crate::parts::FILES;
use crate::walk;
use model::problem::Problem;
use serde::de::DeserializeOwned;
use std::path::Path;

/// The folders of a site and the ending of their files.
pub const BLOCKS: &str = "blocks";
const FOLDERS: [(&str, &str); 4] =
    [("pages", "json"), (BLOCKS, "json"), ("types", "json"), ("entities", "jsonl")];

/// Files are named as seen from the folder: `pages/home.json`.
pub struct Folder<'a> {
    path: &'a Path,
    pub found: Found,
}

impl<'a> Folder<'a> {
    pub fn new(path: &'a Path) -> Self {
        let site = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let all = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let prefix = format!("{all}/{site}/");
        Self { path, found: Found { site, prefix, findings: vec![] } }
    }

    fn text(&mut self, file: &str) -> Option<String> {
        match std::fs::read_to_string(self.path.join(file)) {
            Ok(text) => Some(text),
            Err(e) => {
                self.found.problem(
                    file,
                    Problem::new("", format!("cannot be read as text ({e}): add it, in UTF-8")),
                );
                None
            }
        }
    }

    pub fn read<T: DeserializeOwned>(&mut self, file: &str) -> Option<T> {
        let text = self.text(file)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.found.problem(file, problem);
                None
            }
        }
    }

    /// Every file of a folder as what it should hold; one that cannot be read is left out.
    pub fn each<T: DeserializeOwned>(&mut self, folder: &str) -> Vec<(String, T)> {
        let files = self.files(folder, "json").into_iter();
        files.filter_map(|file| self.read(&file).map(|value| (file, value))).collect()
    }

    /// The texts of a folder's files with a value a line.
    pub fn lines(&mut self, folder: &str) -> Vec<(String, String)> {
        let files = self.files(folder, "jsonl").into_iter();
        files.filter_map(|file| self.text(&file).map(|text| (file, text))).collect()
    }

    /// The files of a folder with an ending, in the order of their names; none where there is no such folder.
    fn files(&self, folder: &str, ending: &str) -> Vec<String> {
        let mut names = self.entries(folder);
        names.retain(|name| Path::new(name).extension().is_some_and(|e| e == ending));
        names
    }

    /// Everything in a folder but hidden files, in the order of the names.
    fn entries(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path.join(folder)).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names
            .filter(|name| !name.starts_with('.'))
            .map(|name| if folder.is_empty() { name } else { format!("{folder}/{name}") })
            .collect();
        names.sort();
        names
    }

    /// Every file below a folder.
    pub fn all_files(&mut self, folder: &str) -> Vec<String> {
        match walk::files(&self.path.join(folder), &format!("{folder}/")) {
            Ok(files) => files.into_iter().map(|(name, _)| name).collect(),
            Err(problem) => {
                self.found.problem(folder, problem);
                vec![]
            }
        }
    }

    /// Warns of what stands in the folder and is never read, such as `page/home.json`.
    pub fn check_names(&mut self) {
        for name in self.entries("") {
            if !matches!(name.as_str(), SITE | FILES | "files" | "widths")
                && !FOLDERS.iter().any(|(folder, _)| *folder == name)
            {
                let known = "a site has site.json, pages/, blocks/, types/, entities/ and files/";
                self.found.warn(&name, Problem::new("", format!("is not read: {known}")));
            }
        }
        for (folder, ending) in FOLDERS {
            let read = self.files(folder, ending);
            for name in self.entries(folder).into_iter().filter(|name| !read.contains(name)) {
                self.found.warn(&name, Problem::new("", format!("is not read: name it {folder}/….{ending}")));
            }
        }
    }
}
