//! The audit log as lines of JSON, oldest first, with its chain of hashes checked on the way.

use crate::access::{SiteAccess, TenantAccess};
use crate::change::chain;
use crate::repo::audit;
use crate::stores::{FIRST, Fault, Row, Stores};
use futures::stream::{self, LocalBoxStream};
use serde::Serialize;
use serde_json::{Value, json};
use std::ops::Deref;

/// Rows that are read at once.
const ROWS: usize = 500;

/// The log of a tenant, or of a site.
#[derive(Debug, Clone)]
pub struct Log {
    access: TenantAccess,
    /// `""`: the tenant's own.
    site: String,
    database: String,
    /// The number behind which it begins.
    after: u64,
}

impl Log {
    pub fn after(self, number: u64) -> Self {
        Self { after: number, ..self }
    }
}

impl From<&TenantAccess> for Log {
    fn from(access: &TenantAccess) -> Self {
        Self { access: access.clone(), site: String::new(), database: FIRST.to_owned(), after: 0 }
    }
}

impl From<&SiteAccess> for Log {
    fn from(access: &SiteAccess) -> Self {
        let (site, database) = (access.site().to_string(), access.database().to_owned());
        Self { access: access.in_tenant().clone(), site, database, after: 0 }
    }
}

/// A row as texts, in the order in which they are hashed; the hash comes last.
#[derive(Serialize)]
struct Line {
    tenant: String,
    site: String,
    number: String,
    actor: String,
    actor_kind: String,
    action: String,
    subject: String,
    subject_id: String,
    before: String,
    after: String,
    request: String,
    at: String,
    previous_hash: String,
    hash: String,
}

impl Line {
    fn of(row: &Row) -> Self {
        Self {
            tenant: row.text("tenant_id"),
            site: row.text("site_id"),
            number: row.number("number").to_string(),
            actor: row.text("actor"),
            actor_kind: row.text("actor_kind"),
            action: row.text("action"),
            subject: row.text("subject"),
            subject_id: row.text("subject_id"),
            before: row.text("before"),
            after: row.text("after"),
            request: row.text("request_id"),
            at: row.text("created_at"),
            previous_hash: row.text("previous_hash"),
            hash: row.text("hash"),
        }
    }

    fn is_right(&self) -> bool {
        let Self { tenant, site, number, actor, actor_kind, action, subject, subject_id, .. } = self;
        let Self { before, after, request, at, previous_hash, .. } = self;
        let own = [tenant, site, number, actor, actor_kind, action, subject, subject_id];
        let rest = [before, after, request, at, previous_hash];
        let texts: Vec<&str> = own.into_iter().chain(rest).map(String::as_str).collect();
        chain(&texts) == self.hash
    }
}

struct Export<S> {
    stores: S,
    log: Log,
    /// Number and hash of the last row.
    last: Option<(u64, String)>,
    rows: u64,
    broken_at: Option<u64>,
    ended: bool,
}

pub fn export<'s, S, T>(stores: S, log: Log) -> LocalBoxStream<'s, Result<Vec<u8>, Fault>>
where
    S: Deref<Target = T> + 's,
    T: Stores + 's,
{
    let export = Export { stores, log, last: None, rows: 0, broken_at: None, ended: false };
    Box::pin(stream::unfold(Some(export), |export| async {
        let mut export = export.filter(|export| !export.ended)?;
        match export.next().await {
            Ok(text) => Some((Ok(text.into_bytes()), Some(export))),
            // Without its last line a log is seen to be cut off.
            Err(fault) => {
                export
                    .stores
                    .log(&format!("export of the audit log of {}: {fault}", export.log.access.tenant()));
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
    async fn next(&mut self) -> Result<String, Fault> {
        let Log { access, site, database, after } = &self.log;
        let after = self.last.as_ref().map_or(*after, |(number, _)| *number);
        let rows = audit::after(&*self.stores, access, database, site, after, ROWS).await?;
        let mut text = String::new();
        for row in &rows {
            let (line, number) = (Line::of(row), row.number("number"));
            // What the first one follows is not known here: an older part, or rows that have been taken away.
            let follows = self
                .last
                .as_ref()
                .is_none_or(|(before, hash)| number == before + 1 && line.previous_hash == *hash);
            if !(follows && line.is_right()) {
                self.broken_at.get_or_insert(number);
            }
            text += &serde_json::to_string(&line).unwrap_or_default();
            text.push('\n');
            self.rows += 1;
            self.last = Some((number, line.hash));
        }
        if rows.len() < ROWS {
            self.ended = true;
            let head = self.last.as_ref().map(|(_, hash)| hash);
            let end: Value = json!({"rows": self.rows, "head": head, "broken_at": self.broken_at});
            text += &format!("{end}\n");
        }
        Ok(text)
    }
}
