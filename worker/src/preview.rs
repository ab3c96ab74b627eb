//! Drafts on the site's own host, for whoever has a link. The origin says what KV would say after a publish; from that on it
//! is drawn like any page. Nothing of it is kept: KV, memory and caches are neither asked nor filled.

use crate::memory::Memory;
use crate::reply::{Outcome, Reply, redirect};
use crate::request::{Request, Target};
use crate::serve::{Answered, Asked, Drawn, Visit, primary_of, target_of, unavailable};
use crate::stores::{Fault, Kept, Stores};
use crate::timing::Timing;
use crate::{files, pages};
use model::content_url::{self, FILES, FileName, STYLES, StyleName, push_component};
use model::names::PagePath;
use model::preview::Preview;
use model::records::Status;
use pages::{Notice, notice};
use std::cell::RefCell;
use std::rc::Rc;

/// `rest`: the path behind the prefix of what the origin answers.
pub async fn answer<S: Stores>(
    stores: &Rc<S>,
    request: &Request,
    target: Target<'_>,
    rest: &str,
) -> Answered<S> {
    match of(stores, request, target, rest).await {
        Outcome::Fresh(reply) => Outcome::Fresh(private(reply)),
        Outcome::Stream(reply, stream) => Outcome::Stream(private(reply), stream),
        Outcome::Held(held) => Outcome::Held(held),
    }
}

/// For the one who has the link, and for now.
fn private(mut reply: Reply) -> Reply {
    reply.headers.retain(|(name, _)| !matches!(*name, "cache-control" | "etag" | "x-robots-tag"));
    reply.with("cache-control", "private, no-store").with("x-robots-tag", "noindex")
}

async fn of<S: Stores>(stores: &Rc<S>, request: &Request, target: Target<'_>, rest: &str) -> Answered<S> {
    let fresh = |status, kind| Outcome::Fresh(notice(status, kind, 0));
    let Some(rest) = rest.strip_prefix("preview/") else { return fresh(404, Notice::NoPage) };
    let (token, path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    let prefix = content_url::preview(token);
    if path.is_empty() {
        return Outcome::Fresh(redirect(308, format!("{prefix}/{}", target.query_string())));
    }
    let preview = match ask(&**stores, request, target, &prefix, path).await {
        Ok(preview) => preview,
        Err(answer) => return answer,
    };
    match preview.host.status {
        Status::Active => {}
        Status::Suspended => return fresh(503, Notice::Suspended),
        Status::Archived => return fresh(410, Notice::Archived),
    }
    let scope = preview.host.scope();
    if let Some(name) = path.strip_prefix(FILES).and_then(FileName::parse) {
        let found = files::file(&**stores, &scope, request, &name).await;
        return found.unwrap_or_else(|| fresh(404, Notice::NoPage));
    }
    let Some(site) = preview.host.content.as_deref() else { return fresh(404, Notice::NoPage) };
    let (memory, timing) = (Rc::<RefCell<Memory<S::Held>>>::default(), Timing::new(None));
    let visit = Visit {
        stores,
        memory: &memory,
        scope,
        record: &preview.host,
        site,
        target: Target { path, ..target },
        request,
        previous: None,
        from_spare: false,
        host: primary_of(&preview.host, &target),
        preferred: vec![],
        timing: &timing,
        preview: Some(&preview),
    };
    let kept =
        Kept { prefix, origin: format!("{}://{}", site.scheme, visit.host), files: !preview.published };
    match visit.shown(path, &kept).await {
        Ok(answer) => answer,
        Err(fault) => {
            stores.log(&format!("preview of {}{path}: {fault}", preview.host.primary));
            unavailable(&**stores, "draft")
        }
    }
}

/// What the origin says of a path, or the page that is shown instead.
async fn ask<S: Stores>(
    stores: &S,
    request: &Request,
    target: Target<'_>,
    prefix: &str,
    path: &str,
) -> Result<Preview, Answered<S>> {
    let scheme = request.url.split("://").next().unwrap_or("https");
    let mut url = format!("{scheme}://{}{prefix}?path=", target.authority);
    push_component(&mut url, path);
    let fresh = |status, kind| Err(Outcome::Fresh(notice(status, kind, 0)));
    let fault = match stores.origin(&url).await {
        Ok(said) => match said.status {
            200 => match Preview::parse(&said.text) {
                Ok(preview) => return Ok(preview),
                Err(unreadable) => Fault(unreadable.to_string()),
            },
            404 => return fresh(404, Notice::NoPreview),
            410 => return fresh(410, Notice::PreviewOver),
            422 => return fresh(422, Notice::Undrawable),
            status => Fault(format!("the origin answered {status}")),
        },
        Err(fault) => fault,
    };
    stores.log(&format!("preview on {}: {fault}", target.authority));
    Err(unavailable(stores, "preview"))
}

impl<S: Stores> Visit<'_, S> {
    async fn shown(&self, raw: &str, kept: &Kept) -> Result<Answered<S>, Fault> {
        if let Some(name) = raw.strip_prefix(STYLES).and_then(StyleName::parse) {
            return self.style(&name, kept).await;
        }
        let Some(path) = PagePath::of_request(raw) else { return Ok(self.nothing(None, kept).await) };
        if let Some(found) = self.site.redirects.get(&path) {
            let to = target_of(found, &self.target.query_string());
            let below = if to.starts_with('/') { format!("{}{to}", kept.prefix) } else { to };
            return Ok(Outcome::Fresh(redirect(found.status, below)));
        }
        let Some((route, slug)) = self.route(&path).await? else {
            return Ok(self.nothing(Some(&path), kept).await);
        };
        let canonical = path.to_url();
        if raw != canonical {
            let to = format!("{}{canonical}{}", kept.prefix, self.target.query_string());
            return Ok(Outcome::Fresh(redirect(308, to)));
        }
        let page = self.record(&model::keys::page(&self.scope, &route.page)).await?;
        let params = self.params(&route);
        let asked = Asked { path: &path, slug: slug.as_deref(), params: &params, suggested: &[] };
        match self.draw(&page, asked, &format!("preview of {}{path}", self.record.primary), false).await {
            Drawn::Page(reply, _) => Ok(self.page_of(reply, kept)),
            Drawn::Partial(reply, fault) => {
                self.stores.log(&format!("preview of {}{path}: {fault}", self.record.primary));
                Ok(self.page_of(reply, kept))
            }
            Drawn::NoRecord => Ok(self.nothing(Some(&path), kept).await),
            Drawn::Failed(fault) => Err(fault),
            Drawn::Edge(_) => Err(Fault("the edge cache was asked".to_owned())),
        }
    }

    fn page_of(&self, mut reply: Reply, kept: &Kept) -> Answered<S> {
        let stream = self.stores.kept(&reply, kept);
        reply.body = Default::default();
        Outcome::Stream(reply, stream)
    }

    async fn nothing(&self, path: Option<&PagePath>, kept: &Kept) -> Answered<S> {
        match self.lost(&self.locale_of(path), "preview").await {
            Some((reply, _)) => self.page_of(reply, kept),
            None => Outcome::Fresh(notice(404, Notice::NoPage, 0)),
        }
    }

    async fn style(&self, name: &StyleName, kept: &Kept) -> Result<Answered<S>, Fault> {
        let Some(theme) = files::theme(self, name).await? else {
            return Ok(Outcome::Fresh(notice(404, Notice::NoPage, 0)));
        };
        let css = app::style_sheet(&theme, name.components);
        let css = if kept.files { css.replace(FILES, &format!("{}{FILES}", kept.prefix)) } else { css };
        let reply = Reply::new(200, "text/css; charset=utf-8").with("x-content-type-options", "nosniff");
        Ok(Outcome::Fresh(reply.body(css)))
    }
}
