//! A site's folder: its files are read here, and what is found wrong with them is collected here.

use crate::findings::{Finding, Severity};
use model::problem::Problem;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::path::Path;

/// The file of a site's settings.
pub const SITE: &str = "site.json";

/// The folders of a site and the ending of their files.
const FOLDERS: [(&str, &str); 3] = [("pages", "json"), ("types", "json"), ("entities", "jsonl")];

/// Files are named as seen from the folder: `pages/home.json`.
pub struct Folder<'a> {
    pub path: &'a Path,
    pub findings: Vec<Finding>,
}

impl<'a> Folder<'a> {
    pub fn new(path: &'a Path) -> Self {
        Self { path, findings: vec![] }
    }

    pub fn problem(&mut self, file: &str, problem: Problem) {
        self.find(Severity::Problem, file, problem);
    }

    pub fn problems(&mut self, file: &str, problems: Vec<Problem>) {
        problems.into_iter().for_each(|problem| self.problem(file, problem));
    }

    pub fn warn(&mut self, file: &str, problem: Problem) {
        self.find(Severity::Warning, file, problem);
    }

    fn find(&mut self, severity: Severity, file: &str, problem: Problem) {
        let site = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let all = self.path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let source = format!("{all}/{site}/{file}");
        self.findings.push(Finding { severity, site, source, problem });
    }

    pub fn text(&mut self, file: &str) -> Option<String> {
        match std::fs::read_to_string(self.path.join(file)) {
            Ok(text) => Some(text),
            Err(e) => {
                self.problem(
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
                self.problem(file, problem);
                None
            }
        }
    }

    /// The files of a folder with an ending, in the order of their names; none where there is no such folder.
    pub fn files(&self, folder: &str, ending: &str) -> Vec<String> {
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
    pub fn all_files(&self, folder: &str) -> Vec<String> {
        let mut files = vec![];
        for name in self.entries(folder) {
            if self.path.join(&name).is_dir() {
                files.extend(self.all_files(&name))
            } else {
                files.push(name)
            }
        }
        files
    }

    /// Warns of what stands in the folder and is never read, such as `page/home.json`.
    pub fn check_names(&mut self) {
        for name in self.entries("") {
            if name != SITE && name != "files" && !FOLDERS.iter().any(|(folder, _)| *folder == name) {
                let known = "a site has site.json, pages/, types/, entities/ and files/";
                self.warn(&name, Problem::new("", format!("is not read: {known}")));
            }
        }
        for (folder, ending) in FOLDERS {
            let read = self.files(folder, ending);
            for name in self.entries(folder).into_iter().filter(|name| !read.contains(name)) {
                self.warn(&name, Problem::new("", format!("is not read: name it {folder}/….{ending}")));
            }
        }
    }
}

/// Reads JSON; the problem names the path to what does not fit.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let mut from = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut from).map_err(|e| {
        let path = e.path().to_string();
        let path = if matches!(&*path, "." | "?") { String::new() } else { path };
        Problem::new(path, with_remedy(&e.into_inner()))
    })?;
    from.end().map_err(|e| Problem::new("", with_remedy(&e)))?;
    Ok(value)
}

fn with_remedy(e: &serde_json::Error) -> String {
    let message = e.to_string();
    // The names of our structures say nothing to a person.
    let words: Vec<&str> = message.split(' ').collect();
    let mut said: Vec<&str> = vec![];
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if word == "struct" {
            words.next();
            said.push("an object");
        } else {
            said.push(word);
        }
    }
    let remedy = match e.classify() {
        Category::Data if message.starts_with("missing field") => "add it",
        Category::Data => "mend it; docs/add-a-site.md lists the keys",
        _ => "this is not JSON there; mend it",
    };
    format!("{}: {remedy}", said.join(" "))
}

/// Every value that must not occur twice, with the place it was found in first.
#[derive(Default)]
pub struct Unique(std::collections::HashMap<String, String>);

impl Unique {
    /// Notes a value; a problem where it is taken.
    pub fn claim(&mut self, what: &str, key: String, place: &str, path: &str, problems: &mut Vec<Problem>) {
        match self.0.get(&key) {
            Some(first) => {
                problems.push(Problem::new(path, format!("this {what} is taken by {first}: choose another")))
            }
            None => drop(self.0.insert(key, place.to_owned())),
        }
    }
}
