//! A site as a folder: its parts as files of text, and the files that visitors get.

use crate::failure::{At, Failure};
use intake::parts::{self, Parts};
use intake::walk;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Debug, Default, PartialEq)]
pub struct Folder {
    pub parts: Parts,
    /// Paths below `files/`, and where they are.
    pub files: Vec<(String, PathBuf)>,
}

impl Folder {
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let mut texts = BTreeMap::new();
        let site = text_of(&path.join(parts::SITE), parts::SITE)?;
        let css = parts::css_of(&site);
        let mut served = vec![];
        for (name, at) in files(path, "")? {
            let is_css = css.as_ref() == Some(&name);
            if is_css || parts::is_part(&name) {
                texts.insert(name.clone(), text_of(&at, &name)?);
            } else if let Some(name) = name.strip_prefix("files/") {
                served.push((name.to_owned(), at));
            }
        }
        let parts = Parts::read(&texts).map_err(|(name, found)| problem(&name, found.to_string()))?;
        Ok(Self { parts, files: served })
    }

    /// Writes everything but the bytes of the files.
    #[cfg(test)]
    pub fn write(&self, path: &Path, id: &str) -> Result<(), Failure> {
        self.parts.texts(id).iter().try_for_each(|(name, text)| write(&path.join(name), text))
    }
}

#[cfg(test)]
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    write_bytes(path, text.as_bytes())
}

pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|e| Failure::usage(format!("{} cannot be written ({e}).", path.display())))
}

pub fn text_of(path: &Path, name: &str) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Failure::usage(format!("{}: there is no such file.", path.display())),
        _ => problem(name, format!("cannot be read as text ({e}): add it, in UTF-8")),
    })
}

fn problem(name: &str, message: String) -> Failure {
    let problems = vec![At { path: name.to_owned(), message }];
    Failure { problems, ..Failure::content("Mend the file and try again.") }
}

/// Every file below a folder but hidden ones, in the order of their names; none where there is no such folder.
pub fn files(path: &Path, below: &str) -> Result<Vec<(String, PathBuf)>, Failure> {
    walk::files(path, below).map_err(|found| problem(&found.path, found.message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_site_to_start_from_has_no_problems_and_no_warnings() {
        for (name, _) in intake::starts::SITES {
            let place = tempfile::tempdir().unwrap();
            let mut parts = intake::starts::site(name, "Salt & \"Pepper\" <Ltd>", "en").unwrap();
            parts.hosts.push("salt.localhost".to_owned());
            Folder { parts, files: vec![] }.write(place.path(), "salt").unwrap();
            let found = crate::commands::check::findings(place.path()).unwrap();
            let said: Vec<String> = found.findings.iter().map(ToString::to_string).collect();
            let known = "platform's plain page";
            let blank = name == "blank";
            let said: Vec<_> = said
                .into_iter()
                .filter(|text| !blank || !(text.contains(known) || text.contains("cannot be searched")))
                .collect();
            assert!(said.is_empty(), "{said:#?}");
        }
    }

    #[test]
    fn a_folder_that_is_written_is_read_as_it_was() {
        let place = tempfile::tempdir().unwrap();
        let mut folder = intake::starts::site("shop", "ABC Shop", "en").unwrap();
        folder.hosts = vec!["abc.example".to_owned()];
        folder.redirects = vec![json!({"from": "/old", "to": "/about", "status": 301})];
        folder.components = vec![("cta:harbour".to_owned(), json!({"sections": []}))];
        folder.blocks = vec![("hours".to_owned(), json!({"name": "Hours", "sections": []}))];
        folder.records = vec![("product".to_owned(), "{}\n".to_owned())];
        folder.site =
            serde_json::from_value(json!({"id": "abc", "status": "active", "tenant": {"id": "t"}})).unwrap();
        let alt = [("en".to_owned(), "A loaf".to_owned())].into();
        folder.files = [("bread/Loaf.jpg".to_owned(), parts::FileFacts { alt })].into();
        let theme = folder.settings.iter_mut().find(|(id, _)| id == "theme").unwrap();
        theme.1 = json!({"base": "volt", "css": ".hero { color: red }"});
        let mut folder = Folder { parts: folder, files: vec![] };
        folder.write(place.path(), "abc").unwrap();
        let mut read = Folder::read(place.path()).unwrap();
        for folder in [&mut read, &mut folder] {
            folder.parts.settings.sort_by(|a, b| a.0.cmp(&b.0));
            folder.parts.pages.sort_by(|a, b| a.0.cmp(&b.0));
        }
        assert_eq!(read, folder);
    }

    #[test]
    fn translations_that_share_an_id_get_ids_of_their_own() {
        let place = tempfile::tempdir().unwrap();
        let page = |locale: &str| json!({"id": "lost", "locale": locale, "sections": []}).to_string();
        let site = json!({"locales": ["en", "ar"], "not_found": {"en": "lost", "ar": "lost"}});
        write(&place.path().join("site.json"), &site.to_string()).unwrap();
        write(&place.path().join("pages/lost.ar.json"), &page("ar")).unwrap();
        write(&place.path().join("pages/lost.en.json"), &page("en")).unwrap();
        let folder = Folder::read(place.path()).unwrap();
        assert_eq!(folder.parts.setting("not_found"), Some(&json!({"en": "lost", "ar": "lost-ar"})));
        let arabic = folder.parts.pages.iter().find(|(id, _)| id == "lost-ar").map(|(_, page)| page);
        assert_eq!(arabic, Some(&json!({"id": "lost-ar", "group": "lost", "locale": "ar", "sections": []})));
        assert_eq!(folder.parts.pages.first().map(|(id, _)| id.as_str()), Some("lost"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_what_has_no_end_or_no_name_is_refused() {
        use std::os::unix::ffi::OsStrExt;
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        write(&at("team/Ka\u{308}se.txt"), "x").unwrap();
        std::os::unix::fs::symlink(at("team"), at("people")).unwrap();
        let names =
            || files(place.path(), "").map(|all| all.into_iter().map(|(name, _)| name).collect::<Vec<_>>());
        assert_eq!(names().unwrap(), ["people/K\u{e4}se.txt", "team/K\u{e4}se.txt"]);
        let refused = |why: &str| {
            let failure = names().unwrap_err();
            let message = &failure.problems.first().unwrap().message;
            assert!(message.contains(why), "{message}");
        };
        std::os::unix::fs::symlink(place.path(), at("team/up")).unwrap();
        refused("leads back");
        std::fs::remove_file(at("team/up")).unwrap();
        std::os::unix::fs::symlink(at("nowhere"), at("broken")).unwrap();
        refused("cannot be read");
        std::fs::remove_file(at("broken")).unwrap();
        let socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        refused("neither a file nor a folder");
        drop(socket);
        std::fs::remove_file(at("socket")).unwrap();
        std::fs::write(place.path().join(std::ffi::OsStr::from_bytes(b"a\xff.txt")), "x").unwrap();
        refused("not UTF-8");
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_file() {
        let place = tempfile::tempdir().unwrap();
        assert!(Folder::read(place.path()).unwrap_err().detail.contains("site.json"));
        write(&place.path().join("site.json"), "{\"name\": ").unwrap();
        let failure = Folder::read(place.path()).unwrap_err();
        assert_eq!(failure.exit, crate::failure::Exit::Content);
        assert_eq!(failure.problems.first().map(|at| at.path.as_str()), Some("site.json"));
    }
}
