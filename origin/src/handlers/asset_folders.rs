//! Folders of files.

use crate::access::SiteAccess;
use crate::assets::names;
use crate::call::{Call, page_of};
use crate::change::{Event, make};
use crate::http::{Answer, Reply};
use crate::problem::Refusal;
use crate::repo::asset_folders;
use intake::names::composed;
use model::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Folder {
    /// Names joined by `/`, such as `team/2026`.
    #[schemars(length(min = 1, max = 200))]
    pub folder: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    pub folder: String,
    /// Its new name, with the folders above it.
    #[schemars(length(min = 1, max = 200))]
    pub to: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Page {
    pub folders: Vec<String>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

fn check(folder: &str, path: &str) -> Result<String, Refusal> {
    if folder.is_empty() {
        return Err(Problem::new(path, "missing: name a folder, such as \"team\"").into());
    }
    Ok(names::folder(folder, path)?)
}

pub async fn list_asset_folders(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let limit = call.limit()?;
    let after = call.query("after").unwrap_or_default();
    let rows = asset_folders::list(call.stores, access, &after, limit).await?;
    let (rows, next) = page_of(rows, limit, |row| row.text("folder"));
    Ok(Reply::json(200, &Page { folders: rows.iter().map(|row| row.text("folder")).collect(), next }))
}

pub async fn create_asset_folder(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Folder = call.body()?;
    let given = Folder { folder: check(&given.folder, "folder")? };
    if asset_folders::state(call.stores, access, &given.folder).await?.number("found") == 1 {
        return Err(Problem::new("folder", "is there already: choose another name").into());
    }
    let statement = asset_folders::create(access, &given.folder);
    let event =
        Event { subject: "asset_folder", id: given.folder.clone(), before: None, after: Some(json!({})) };
    Ok(make(call, access, vec![statement], event, Reply::json(201, &given)).await?)
}

pub async fn move_asset_folder(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: Move = call.body()?;
    let given = Move { folder: composed(&given.folder), to: check(&given.to, "to")? };
    if asset_folders::state(call.stores, access, &given.folder).await?.number("found") == 0 {
        return Err(Refusal::NotFound);
    }
    if given.to == given.folder || given.to.starts_with(&format!("{}/", given.folder)) {
        return Err(Problem::new("to", "is the folder itself, or in it: choose another place").into());
    }
    if asset_folders::state(call.stores, access, &given.to).await?.number("found") == 1 {
        return Err(Problem::new("to", "is there already: choose another name").into());
    }
    let statements = asset_folders::rename(call.stores, access, &given.folder, &given.to);
    let event = Event {
        subject: "asset_folder",
        id: given.to.clone(),
        before: Some(json!({"folder": given.folder})),
        after: Some(json!({"folder": given.to})),
    };
    let made = make(call, access, statements, event, Reply::json(200, &Folder { folder: given.to })).await;
    made.map_err(|lost| {
        lost.when("UNIQUE", || Problem::new("to", "is there already: choose another name").into())
    })
}

pub async fn delete_asset_folder(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let folder = check(&call.query("folder").unwrap_or_default(), "folder")?;
    let state = asset_folders::state(call.stores, access, &folder).await?;
    if state.number("found") == 0 {
        return Err(Refusal::NotFound);
    }
    if state.number("files") == 1 || state.number("folders") == 1 {
        return Err(Refusal::State(
            "This folder is not empty. Move or delete first what is in it, also in the trash.".to_owned(),
        ));
    }
    let statement = asset_folders::delete(access, &folder);
    let event = Event { subject: "asset_folder", id: folder.clone(), before: Some(json!({})), after: None };
    Ok(make(call, access, vec![statement], event, Reply::empty(204)).await?)
}
