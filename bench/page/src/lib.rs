//! Stored records become a page: parsing and rendering, as often as it is asked for. Nothing is kept in between.

use app::{Answers, Cx, Framing, Images, Params, Rendered};
use model::keys;
use model::names::{Hostname, PagePath};
use model::records::{HostRecord, PageRecord};
use std::collections::HashMap;

/// KV's keys and values.
pub type Records = HashMap<String, String>;

/// Draws the page of a host and path; says what is missing where it cannot.
pub fn draw(records: &Records, host: &str, path: &str) -> Result<Rendered, String> {
    let name = Hostname::parse_authority(host).map_err(|_| format!("{host:?} is no host"))?;
    let record = records.get(&keys::host(&name)).ok_or("no host record")?;
    let record = HostRecord::parse(record).map_err(|e| e.to_string())?;
    let site = record.content.as_deref().ok_or("the host has no content")?;
    let path = PagePath::of_request(path).ok_or("no path")?;
    let route = site.routes.exact.get(&path).ok_or("no route")?;
    let page = records.get(&keys::page(&record.scope(), &route.page)).ok_or("no page record")?;
    let page = PageRecord::parse(page).map_err(|e| e.to_string())?;
    let cx = Cx {
        site,
        host,
        page: &page,
        frame: &Framing::of(site, &page.locale),
        locale: &page.locale,
        path: &path,
        slug: None,
        params: &Params::default(),
        answers: &Answers::default(),
        images: Images::Stored,
        preview: None,
    };
    if !app::render::asks(&cx).is_empty() {
        return Err("the page asks the content store".to_owned());
    }
    let drawn = app::render(&cx);
    if drawn.notes.is_empty() { Ok(drawn) } else { Err(drawn.notes.join("; ")) }
}
