//! A site becomes a file while it is sent: nothing of it is held but what is being written. What stands in the editor goes
//! in, no history. Whoever edits meanwhile may be in it with the one change and not with the other.

use crate::access::SiteAccess;
use crate::assets::names;
use crate::files::Pieces;
use crate::lives::archive::{FILES, WIDTHS, tar};
use crate::publish;
use crate::repo::pieces::{self, Of};
use crate::repo::{asset_folders, assets, documents, sites, types};
use crate::source::Documents;
use crate::stores::{Fault, Row, Stores};
use futures::StreamExt;
use futures::stream::{self, LocalBoxStream};
use intake::parts::{FileFacts, Parts};
use model::ids::ContentHash;
use model::keys;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Deref;

/// Documents, records or files that are read at once.
const ROWS: usize = 200;

enum Stage {
    Settings,
    Pages,
    Records,
    Folders,
    Files,
    End,
}

/// What is to be sent next.
enum Next {
    Bytes(Vec<u8>),
    /// An object of R2 and its length.
    Object(String, u64),
}

struct Export<S> {
    stores: S,
    site: SiteAccess,
    stage: Stage,
    /// The last one that was written.
    after: String,
    /// Where files are, by their paths and by those which they had before.
    places: BTreeMap<String, String>,
    /// Files of records that were written.
    numbers: BTreeMap<String, u32>,
    next: VecDeque<Next>,
    /// The object that is being sent, and how many of its bytes are to come.
    open: Option<(String, Pieces, u64)>,
}

/// The site as a tar archive.
pub fn export<'s, S, T>(stores: S, site: SiteAccess) -> LocalBoxStream<'s, Result<Vec<u8>, Fault>>
where
    S: Deref<Target = T> + 's,
    T: Stores + 's,
{
    let (next, numbers) = (VecDeque::new(), BTreeMap::new());
    let (stage, after, places) = (Stage::Settings, String::new(), BTreeMap::new());
    let export = Export { stores, site, stage, after, places, numbers, next, open: None };
    Box::pin(stream::unfold(Some(export), |export| async {
        let mut export = export?;
        match export.piece().await {
            Ok(Some(piece)) => Some((Ok(piece), Some(export))),
            Ok(None) => None,
            // Without its end an archive is seen to be cut off.
            Err(fault) => {
                export.stores.log(&format!("export of {}: {fault}", export.site.site()));
                Some((Err(fault), None))
            }
        }
    }))
}

impl<S, T> Export<S>
where
    S: Deref<Target = T>,
    T: Stores,
{
    async fn piece(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        loop {
            if let Some((name, pieces, left)) = &mut self.open {
                match pieces.next().await.transpose()? {
                    Some(piece) if piece.len() as u64 <= *left => {
                        *left -= piece.len() as u64;
                        return Ok(Some(piece));
                    }
                    None if *left == 0 => self.open = None,
                    _ => {
                        return Err(Fault::Unavailable(format!(
                            "{name} has another length than is known of it"
                        )));
                    }
                }
            }
            match self.next.pop_front() {
                Some(Next::Bytes(bytes)) => return Ok(Some(bytes)),
                Some(Next::Object(name, size)) => {
                    let gone = || Fault::Unavailable(format!("{name} is not there"));
                    let pieces = self.stores.open(&name).await?.ok_or_else(gone)?;
                    self.open = Some((name, pieces, size));
                }
                None if matches!(self.stage, Stage::End) => return Ok(None),
                None => self.read().await?,
            }
        }
    }

    fn text(&mut self, path: &str, text: &str) -> Result<(), Fault> {
        let size = text.len() as u64;
        let mut entry = tar::head(path, size)?;
        entry.extend_from_slice(text.as_bytes());
        entry.extend(tar::padding(size));
        self.next.push_back(Next::Bytes(entry));
        Ok(())
    }

    /// Reads what comes next, or goes on to the next stage where that is nothing.
    async fn read(&mut self) -> Result<(), Fault> {
        let stores: &dyn Stores = &*self.stores;
        let (last, next) = match self.stage {
            Stage::Settings => {
                let parts = self.parts().await?;
                for (path, text) in parts.texts(self.site.site().as_str()) {
                    self.text(&path, &text)?;
                }
                (None, Stage::Pages)
            }
            Stage::Pages => {
                let rows = documents::pages_after(stores, &self.site, &self.after, ROWS).await?;
                for row in &rows {
                    let page = self.placed(row.json("document")?);
                    let text = serde_json::to_string_pretty(&page).unwrap_or_default() + "\n";
                    self.text(&format!("pages/{}.json", row.text("id")), &text)?;
                }
                (rows.last().map(|row| row.text("id")), Stage::Records)
            }
            Stage::Records => {
                let (site, of) = (&self.site, Of { kind: "", trash: false });
                let rows = pieces::records(stores, site.scope(), site.database(), of, &self.after).await?;
                for (kind, lines) in self.lines(&rows)? {
                    let number = self.numbers.entry(kind.clone()).or_default();
                    *number += 1;
                    let path = format!("entities/{kind}-{number}.jsonl");
                    self.text(&path, &lines)?;
                }
                (rows.last().map(|row| row.text("id")), Stage::Folders)
            }
            Stage::Folders => {
                let rows = asset_folders::list(stores, &self.site, &self.after, ROWS).await?;
                for row in &rows {
                    let head = tar::head(&format!("{FILES}{}/", row.text("folder")), 0)?;
                    self.next.push_back(Next::Bytes(head));
                }
                (rows.last().map(|row| row.text("folder")), Stage::Files)
            }
            Stage::Files => {
                let rows = assets::all_after(stores, &self.site, &self.after, ROWS).await?;
                for row in &rows {
                    self.file(row)?;
                }
                (rows.last().map(|row| row.text("id")), Stage::End)
            }
            Stage::End => return Ok(()),
        };
        match last {
            Some(last) => self.after = last,
            None => {
                self.after.clear();
                self.stage = next;
                if matches!(self.stage, Stage::End) {
                    self.next.push_back(Next::Bytes(tar::end()));
                }
            }
        }
        Ok(())
    }

    /// Everything but pages, records and the bytes of files.
    async fn parts(&mut self) -> Result<Parts, Fault> {
        let files = self.files().await?;
        let stores: &dyn Stores = &*self.stores;
        let documents = Documents::current(stores, &self.site).await?;
        let facts = sites::get(stores, &self.site).await?.unwrap_or_default();
        let of = |texts: BTreeMap<String, String>| {
            let value = |text: String| self.placed(serde_json::from_str(&text).unwrap_or_default());
            texts.into_iter().map(|(id, text)| (id, value(text))).collect::<Vec<(String, Value)>>()
        };
        let mut redirects = publish::redirects_to_come(stores, &self.site).await?;
        redirects.sort_by_key(|row| row.text("from_path"));
        let redirect = |row: &Row| {
            let (from, to, status) = (row.text("from_path"), row.text("to_url"), row.number("status"));
            match row.number("automatic") {
                1 => json!({"from": from, "to": to, "status": status, "automatic": true}),
                _ => json!({"from": from, "to": to, "status": status}),
            }
        };
        let retired = types::retired(&types::list(stores, &self.site).await?);
        let tenant = json!({"id": self.site.tenant(), "name": "", "plan": "", "status": "active"});
        let mut parts = Parts {
            redirects: redirects.iter().map(redirect).collect(),
            retired: retired.into_iter().map(Value::from).collect(),
            settings: of(documents.settings),
            components: of(documents.components),
            blocks: of(documents.blocks),
            types: of(documents.types.into_iter().map(|(id, (_, text))| (id, text)).collect()),
            hosts: documents.hosts.iter().map(ToString::to_string).collect(),
            files,
            ..Parts::default()
        };
        let site =
            [("id", json!(self.site.site())), ("status", json!(facts.text("status"))), ("tenant", tenant)];
        parts.site.extend(site.map(|(name, value)| (name.to_owned(), value)));
        Ok(parts)
    }

    /// What `files.json` says; and which paths files had before.
    async fn files(&mut self) -> Result<BTreeMap<String, FileFacts>, Fault> {
        let (mut facts, mut now, mut after) = (BTreeMap::new(), BTreeMap::new(), String::new());
        loop {
            let rows = assets::all_after(&*self.stores, &self.site, &after, ROWS).await?;
            let Some(last) = rows.last().map(|row| row.text("id")) else { break };
            for row in &rows {
                let path = path_of(row);
                for (folder, name, ext) in row.json::<Vec<(String, String, String)>>("was")? {
                    self.places.insert(names::path(&folder, &name, &ext), path.clone());
                }
                let alt: BTreeMap<String, String> = row.json("alt")?;
                if !alt.is_empty() {
                    facts.insert(path.clone(), FileFacts { alt });
                }
                now.insert(path.clone(), path);
            }
            after = last;
        }
        // Also where another file has taken a path.
        self.places.extend(now);
        Ok(facts)
    }

    /// A document that names files where they are.
    fn placed(&self, mut document: Value) -> Value {
        if !self.places.is_empty() {
            place(&mut document, &self.places);
        }
        document
    }

    /// Records as lines, by type.
    fn lines(&self, rows: &[Row]) -> Result<BTreeMap<String, String>, Fault> {
        let mut lines: BTreeMap<String, String> = BTreeMap::new();
        for row in rows {
            let Value::Object(mut record) = self.placed(row.json("document")?) else { continue };
            record.remove("type");
            record.retain(|_, value| !value.is_null());
            record.insert("id".to_owned(), json!(row.text("id")));
            if row.text("status") != "published" {
                record.insert("publish".to_owned(), json!(false));
            }
            let text = lines.entry(row.text("kind")).or_default();
            *text += &Value::Object(record).to_string();
            text.push('\n');
        }
        Ok(lines)
    }

    fn file(&mut self, row: &Row) -> Result<(), Fault> {
        let name = path_of(row);
        let hash = ContentHash::parse(&row.text("hash")).map_err(|e| Fault::Unavailable(e.to_string()))?;
        let mut objects: Vec<(u32, u64)> = row.json("objects")?;
        // A width needs its original.
        objects.sort_unstable();
        for (width, size) in objects {
            let (path, variant) = match width {
                0 => (format!("{FILES}{name}"), None),
                width => (format!("{WIDTHS}{name}/{width}.webp"), Some(width)),
            };
            let head = Next::Bytes(tar::head(&path, size)?);
            let object = Next::Object(keys::file(self.site.scope(), &hash, variant), size);
            self.next.extend([head, object, Next::Bytes(tar::padding(size))]);
        }
        Ok(())
    }
}

fn path_of(row: &Row) -> String {
    names::path(&row.text("folder"), &row.text("name"), &row.text("ext"))
}

/// Writes paths of files as they are now, in the place of old ones and of other spellings.
fn place(value: &mut Value, places: &BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(path) if name == "file" => {
                        if let Some(now) = places.get(&intake::names::path(path)) {
                            *path = now.clone();
                        }
                    }
                    value => place(value, places),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| place(item, places)),
        _ => {}
    }
}
