//! `manysite assets`: the files of a site.

use crate::api::{Sent, encoded};
use crate::context::{Context, Site};
use crate::failure::{At, Exit, Failure};
use crate::folder;
use crate::output::{Outcome, done, field};
use indicatif::{ProgressBar, ProgressStyle};
use intake::names;
use intake::parts::FileFacts;
use intake::picture;
use serde::Deserialize;
use serde_json::{Value, json};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(clap::Subcommand)]
pub enum Action {
    /// Add files, or replace those of the same name; pictures are drawn in their widths
    Push {
        /// Files, and folders, whose files keep their places below them
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The folder that they go into
        #[arg(long, default_value = "")]
        folder: String,
        #[command(flatten)]
        pictures: Pictures,
    },
}

#[derive(clap::Args)]
pub struct Pictures {
    /// Keep pictures that were drawn in a folder, and draw none again
    #[arg(long, value_name = "FOLDER", env = "MANYSITE_PICTURES")]
    pub pictures: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Asset {
    id: String,
    path: String,
    hash: String,
    revision: u64,
    #[serde(default)]
    missing_widths: Vec<u32>,
}

/// Longest file that the server takes, in bytes: a longer one is not read.
const MAX_FILE: u64 = 100_000_000;

/// What became of a file: `added`, `replaced`, `completed` (only widths were missing) or `same`.
pub type Pushed = BTreeMap<String, &'static str>;

pub fn run(context: &Context, action: Action) -> Result<Outcome, Failure> {
    let Action::Push { files, folder, pictures: Pictures { pictures } } = action;
    let site = context.site()?;
    let prefix = if folder.is_empty() { String::new() } else { format!("{}/", folder.trim_matches('/')) };
    let mut all = vec![];
    for file in files {
        match (file.is_dir(), file.file_name().and_then(|name| name.to_str())) {
            (true, _) => all.extend(folder::files(&file, &prefix)?),
            (false, Some(name)) => all.push((format!("{prefix}{name}"), file.clone())),
            (false, None) => {
                let what = format!("{}: has no name that is UTF-8: give it another one.", file.display());
                return Err(Failure::usage(what));
            }
        }
    }
    let pushed = push(&site, &all, pictures.as_deref())?;
    let mut text = String::new();
    for (path, how) in pushed.iter().filter(|(_, how)| **how != "same") {
        text += &format!("  {how:<9}  {path}\n");
    }
    let same = pushed.values().filter(|how| **how == "same").count();
    let text = done(&format!("{} sent, {same} the same already", pushed.len() - same)) + &text;
    let files: Vec<Value> = pushed.iter().map(|(path, how)| json!({"path": path, "how": how})).collect();
    Ok(Outcome::new(json!({"files": files}), text))
}

/// Sends what is not there yet, several files at a time. Problems of single files are told together at the end.
pub fn push(site: &Site, files: &[(String, PathBuf)], pictures: Option<&Path>) -> Result<Pushed, Failure> {
    if files.is_empty() {
        return Ok(Pushed::new());
    }
    let files = &by_path(files)?;
    let known = site.api.all(&site.path("/assets"), "assets")?;
    let known: BTreeMap<String, Value> =
        known.into_iter().map(|asset| (field(&asset, "path"), asset)).collect();
    let style = ProgressStyle::with_template("  {bar:30} {pos}/{len} files {eta}").ok();
    let bar = ProgressBar::new(files.len() as u64);
    let bar = style.into_iter().fold(bar, ProgressBar::with_style);
    let next = AtomicUsize::new(0);
    let (pushed, failed) = (Mutex::new(Pushed::new()), Mutex::new(Vec::<Failure>::new()));
    let fatal = |failed: &Mutex<Vec<Failure>>| {
        failed.lock().is_ok_and(|failed| failed.iter().any(|failure| failure.exit != Exit::Content))
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from).min(8) {
            scope.spawn(|| {
                while let Some((path, file)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if fatal(&failed) {
                        break;
                    }
                    match one(site, path, file, known.get(path), pictures) {
                        Ok(how) => drop(pushed.lock().map(|mut all| all.insert(path.clone(), how))),
                        Err(failure) => drop(failed.lock().map(|mut all| all.push(failure.about(path)))),
                    }
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let mut failed = failed.into_inner().unwrap_or_default();
    match failed.iter().position(|failure| failure.exit != Exit::Content) {
        Some(fatal) => Err(failed.swap_remove(fatal)),
        None if failed.is_empty() => Ok(pushed.into_inner().unwrap_or_default()),
        None => Err(not_taken(failed)),
    }
}

/// The files under the paths that they will have, which are different ones.
fn by_path(files: &[(String, PathBuf)]) -> Result<Vec<(String, &PathBuf)>, Failure> {
    let mut all = BTreeMap::<String, &PathBuf>::new();
    let mut problems = vec![];
    for (path, file) in files {
        let path = names::path(path);
        if let Some(other) = all.insert(path.clone(), file).filter(|other| *other != file) {
            let message = format!("{} and {} would both be this file", other.display(), file.display());
            problems.push(At { path, message });
        }
    }
    match problems.is_empty() {
        true => Ok(all.into_iter().collect()),
        false => {
            Err(Failure { problems, ..Failure::content("Give one of them another name. Nothing was sent.") })
        }
    }
}

fn not_taken(failed: Vec<Failure>) -> Failure {
    let problems = failed.into_iter().flat_map(|failure| match failure.problems.is_empty() {
        true => vec![At { path: String::new(), message: failure.detail }],
        false => failure.problems,
    });
    let mut problems: Vec<At> = problems.collect();
    problems.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
    Failure { problems, ..Failure::content("These files were not taken; the others were.") }
}

/// Writes alternative texts that are not so yet; how many files had others.
pub fn tell(site: &Site, files: &BTreeMap<String, FileFacts>) -> Result<usize, Failure> {
    if files.is_empty() {
        return Ok(0);
    }
    let files: BTreeMap<String, &FileFacts> =
        files.iter().map(|(path, facts)| (names::path(path), facts)).collect();
    let mut changed = 0;
    for known in site.api.all(&site.path("/assets"), "assets")? {
        let Some(facts) = files.get(&field(&known, "path")) else { continue };
        if known["alt"] != json!(facts.alt) {
            let path = site.path(&format!("/assets/{}", field(&known, "id")));
            site.api.ask("PATCH", &path, &Sent::Json(json!({"alt": facts.alt})), &[])?;
            changed += 1;
        }
    }
    Ok(changed)
}

fn one(
    site: &Site,
    path: &str,
    file: &Path,
    known: Option<&Value>,
    pictures: Option<&Path>,
) -> Result<&'static str, Failure> {
    let unreadable = |e| Failure::usage(format!("The file cannot be read ({e})."));
    let length = std::fs::metadata(file).map_err(unreadable)?.len();
    if length > MAX_FILE {
        return Err(Failure::content(format!("It has {length} bytes: {MAX_FILE} at most.")));
    }
    let bytes = std::fs::read(file).map_err(unreadable)?;
    let (asset, how) = match known {
        None => (add(site, path, file)?, "added"),
        Some(known) => {
            let known = asset(known.clone())?;
            let hash = known.hash.clone();
            let asset = match hash == intake::digest::of(&bytes).as_str() {
                true => known,
                false => replace(site, &known, file)?,
            };
            // A vector picture is stored clean: only its answer says whether it is another.
            let how = match (asset.hash == hash, asset.missing_widths.is_empty()) {
                (true, true) => "same",
                (true, false) => "completed",
                (false, _) => "replaced",
            };
            (asset, how)
        }
    };
    widths(site, &asset, &bytes, pictures)?;
    Ok(how)
}

fn asset(value: Value) -> Result<Asset, Failure> {
    serde_json::from_value(value).map_err(|e| Failure::server(format!("Its answer is not clear ({e}).")))
}

fn add(site: &Site, path: &str, file: &Path) -> Result<Asset, Failure> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let below = format!("/assets?name={}&folder={}", encoded(name), encoded(folder));
    asset(site.api.ask("POST", &site.path(&below), &Sent::File(file), &[])?.json()?)
}

fn replace(site: &Site, known: &Asset, file: &Path) -> Result<Asset, Failure> {
    let below = format!("/assets/{}/content", known.id);
    let base = [("if-match", format!("\"{}\"", known.revision))];
    asset(site.api.ask("PUT", &site.path(&below), &Sent::File(file), &base)?.json()?)
}

/// Sends a picture in the widths that are wanted and not stored.
fn widths(site: &Site, asset: &Asset, bytes: &[u8], pictures: Option<&Path>) -> Result<(), Failure> {
    let ext = asset.path.rsplit('.').next().unwrap_or_default();
    // Other formats are shown as they are.
    if asset.missing_widths.is_empty() || !matches!(ext, "png" | "jpg" | "jpeg" | "webp") {
        return Ok(());
    }
    let picture = OnceCell::new();
    for width in &asset.missing_widths {
        let kept = pictures.map(|folder| folder.join(format!("{}-{width}.webp", asset.hash)));
        let drawn = match kept.as_ref().and_then(|kept| std::fs::read(kept).ok()) {
            Some(drawn) => drawn,
            None => {
                let picture = picture.get_or_init(|| picture::read(ext, bytes)).as_ref();
                let drawn = picture.map_err(Failure::content)?.to_webp(*width).map_err(Failure::content)?;
                if let Some(kept) = kept {
                    // Written aside, so that what is cut off leaves no half picture behind.
                    let aside = kept.with_extension("part");
                    folder::write_bytes(&aside, &drawn)?;
                    std::fs::rename(&aside, &kept).map_err(|e| {
                        Failure::usage(format!("{} cannot be written ({e}).", kept.display()))
                    })?;
                }
                drawn
            }
        };
        let below = format!("/assets/{}/variants/{width}", asset.id);
        site.api.ask("PUT", &site.path(&below), &Sent::Bytes(&drawn), &[])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_files_that_would_be_one_are_named_before_anything_is_sent() {
        let file = |path: &str, at: &str| (path.to_owned(), PathBuf::from(at));
        let different = [file("a.JPG", "x/a.JPG"), file("b.jpg", "x/b.jpg"), file("b.jpg", "x/b.jpg")];
        let paths: Vec<String> = by_path(&different).unwrap().into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["a.jpg", "b.jpg"]);
        for (one, other) in [("a.jpg", "a.JPG"), ("k\u{e4}se.jpg", "ka\u{308}se.jpg")] {
            let failure = by_path(&[file(one, "x/1"), file(other, "y/2")]).unwrap_err();
            let problem = failure.problems.first().unwrap();
            assert_eq!(
                (problem.path.as_str(), problem.message.as_str()),
                (one, "x/1 and y/2 would both be this file")
            );
        }
    }

    #[test]
    fn every_file_that_was_not_taken_is_named_with_its_reason() {
        let problem = At { path: "name".to_owned(), message: "too long".to_owned() };
        let refused = Failure { problems: vec![problem], ..Failure::content("Mend it.") }.about("b.jpg");
        let cut_off = Failure::content("it is cut off").about("a.png");
        let failure = not_taken(vec![refused, cut_off]);
        let said: Vec<_> =
            failure.problems.iter().map(|at| (at.path.as_str(), at.message.as_str())).collect();
        assert_eq!(said, [("", "a.png: it is cut off"), ("b.jpg: name", "too long")]);
    }
}
