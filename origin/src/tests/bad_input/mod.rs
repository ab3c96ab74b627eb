//! Requests that are not what they should be: each has its stated answer, and nothing is changed by it. What was sent and what
//! was answered stand in `bad_input/table.txt`, for people to read.

mod bodies;
mod content;
mod files;
mod names;
mod proofs;
mod requests;

use crate::http::{Reply, Request};
use crate::testing::{Browser, World};
use crate::tests::entities::{product, record};
use crate::tests::isolation::make_site;
use crate::tests::passkeys::Authenticator;
use crate::tests::publish::page;
use serde_json::{Value, json};

const TABLE: &str = include_str!("table.txt");
const UPDATE: &str = "UPDATE_BAD_INPUT";

/// A question, and in words what is wrong with it.
pub struct Case {
    area: &'static str,
    what: String,
    request: Request,
}

/// Two tenants with a site each, a viewer, a token and a passkey.
pub struct Scene {
    world: World,
    tenant: String,
    cookie: String,
    user: String,
    site: String,
    other: String,
}

pub const TOKEN: &str = "manysite_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
/// Challenges of ours: for a new passkey, and to sign in.
pub const NEW: &str = "the challenge of a new one";
pub const ENTER: &str = "the challenge to sign in";

impl Scene {
    fn new() -> Self {
        let world = World::new();
        let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
        let (site, other) = (make_site(&mira, "bakery"), make_site(&noor, "other"));
        let put = |path: &str, body: Value| mira.send("PUT", &format!("/api/v1/sites/{site}{path}"), body);
        put("/types/product", product()).must(200);
        put("/entities/loaf", record("loaf", json!({"title": "Loaf", "price": 300, "sku": "1"}))).must(200);
        put("/pages/home", page("/", "Home")).must(200);
        put("/pages/about", page("/about", "About")).must(200);
        let hours = json!({"name": "Hours", "sections": [{"component": "text", "props": {"text": "Open"}}]});
        put("/blocks/hours", hours).must(200);
        mira.post(&format!("/api/v1/sites/{site}/releases"), json!({"everything": true})).must(201);
        futures::executor::block_on(crate::jobs::after_change(&world));
        world.member(&mira.tenant, "vera", "", "viewer");
        let now = crate::clock::text(world.clock.get());
        let row = |hash: &str, id: &str, more: &str| {
            world.run_sql(&format!(
                "INSERT INTO api_tokens (tenant_id, id, name, token_hash, site_id, scopes, user_id, created_at, last_used_at, expires_at, revoked_at)
                 VALUES ('{}', '{id}', 'x', '{}', '', '[\"site.read\"]', '{}', '{now}', '{now}', {more})",
                mira.tenant,
                crate::secret::digest(hash),
                mira.user
            ));
        };
        row(TOKEN, "good", "'2100-01-01T00:00:00Z', NULL");
        row("manysite_expired", "expired", "'2026-01-01T00:00:00Z', NULL");
        row("manysite_revoked", "revoked", &format!("NULL, '{now}'"));
        for (challenge, user) in [(NEW, format!("'{}'", mira.user)), (ENTER, "NULL".to_owned())] {
            world.run_sql(&format!(
                "INSERT INTO confirmations (token_hash, user_id, purpose, data, expires_at)
                 VALUES ('{}', {user}, 'passkey', '{{}}', '2100-01-01T00:00:00Z')",
                crate::secret::digest(challenge)
            ));
        }
        let options = mira.post("/api/v1/passkeys/options", json!({})).must(200).value();
        let credential = Authenticator::new(7).registration(options["challenge"].as_str().unwrap());
        mira.post("/api/v1/passkeys", json!({"name": "Phone", "credential": credential})).must(201);
        let (tenant, cookie, user) = (mira.tenant.clone(), mira.cookie.clone(), mira.user.clone());
        Self { world, tenant, cookie, user, site, other }
    }

    fn mira(&self) -> Browser<'_> {
        let (cookie, user, tenant) = (self.cookie.clone(), self.user.clone(), self.tenant.clone());
        Browser { world: &self.world, cookie, user, tenant }
    }

    /// What the administrator asks: `~` is the site's path, `^` the tenant's.
    fn request(&self, method: &str, path: &str) -> Request {
        let path = match path.split_at_checked(1) {
            Some(("~", rest)) => format!("/api/v1/sites/{}{rest}", self.site),
            Some(("^", rest)) => format!("/api/v1/tenants/{}{rest}", self.tenant),
            _ => format!("/api/v1{path}"),
        };
        self.mira().request(method, &path)
    }

    /// An answer without what differs from run to run.
    fn plain(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (id, name) in [
            (&self.site, "{site}"),
            (&self.other, "{other}"),
            (&self.tenant, "{tenant}"),
            (&self.user, "{user}"),
        ] {
            text = text.replace(id.as_str(), name);
        }
        text
    }

    fn cases(&self) -> Vec<Case> {
        let mut cases = vec![];
        requests::cases(self, &mut cases);
        proofs::cases(self, &mut cases);
        bodies::cases(self, &mut cases);
        names::cases(self, &mut cases);
        content::cases(self, &mut cases);
        files::cases(self, &mut cases);
        cases
    }
}

pub fn add(cases: &mut Vec<Case>, area: &'static str, what: impl Into<String>, request: Request) {
    cases.push(Case { area, what: what.into(), request });
}

/// What may be written although nothing is done: how often somebody asked and failed, a challenge that is used up by
/// its answer, of an import the list of its refused rows, and that a count went up and down again.
fn is_kept_apart(area: &str, table: &str) -> bool {
    match table {
        "rate_limits" | "sign_in_failures" | "site_storage" => true,
        "confirmations" => area == "passkey",
        "jobs" | "job_problems" | "audit" => area == "row",
        _ => false,
    }
}

/// Every row of D1, every key of KV, every object of R2.
fn state(world: &World, area: &str) -> Vec<String> {
    let tables = world.ask(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search\\_%' ESCAPE '\\'
         UNION SELECT 'search_documents' ORDER BY name",
    );
    let names = tables.iter().map(|row| row["name"].as_str().unwrap());
    let mut all: Vec<String> = names
        .filter(|table| !is_kept_apart(area, table))
        .map(|table| format!("{table}: {:?}", world.ask(&format!("SELECT * FROM {table}"))))
        .collect();
    all.push(format!("{:?}", world.ask("SELECT site_id, bytes FROM site_storage WHERE bytes > 0")));
    all.push(format!("KV: {:?}", world.kv.borrow()));
    let objects = world.objects.borrow();
    all.push(format!("R2: {:?} {:?}", objects.whole, objects.parts));
    all
}

/// What an answer says, by path; of an import what its report says of rows.
fn said(area: &str, told: &Value) -> Vec<String> {
    let list = |problems: &Value| -> Vec<String> {
        let problems = problems.as_array().into_iter().flatten();
        problems
            .map(|p| format!("{}: {}", p["path"].as_str().unwrap(), p["message"].as_str().unwrap()))
            .collect()
    };
    match &told["problems"] {
        Value::Array(rows) if area == "row" => rows.iter().flat_map(|row| list(&row["problems"])).collect(),
        problems @ Value::Array(_) => list(problems),
        _ => vec![told["detail"].as_str().unwrap_or_default().to_owned()],
    }
}

/// Longest answer: what was sent does not come back at length.
const LONGEST: usize = 16 * 1024;

/// What is wrong with an answer, whatever was asked.
fn faults(case: &Case, reply: &Reply) -> Option<String> {
    let refused = (400..500).contains(&reply.status) || (case.area == "row" && reply.status == 200);
    let texts = if refused { said(case.area, &reply.value()) } else { vec![] };
    if !refused {
        Some(format!("{} {}", reply.status, reply.body))
    } else if reply.body.len() > LONGEST {
        Some(format!("an answer of {} bytes", reply.body.len()))
    } else if texts.is_empty() || texts.iter().any(|text| text.is_empty() || text.ends_with(": ")) {
        Some(format!("it says nothing: {}", reply.body))
    } else {
        None
    }
}

#[test]
fn bad_input_has_its_stated_answer_and_changes_nothing() {
    let scene = Scene::new();
    let (mut lines, mut wrong) = (vec![], vec![]);
    for case in scene.cases() {
        let world = scene.world.copy();
        let before = state(&world, case.area);
        let reply = world.send(&case.request);
        futures::executor::block_on(crate::jobs::after_change(&world));
        let after = state(&world, case.area);
        let changed = before.iter().zip(&after).filter(|(before, after)| before != after);
        let changed =
            changed.map(|(_, after)| format!("changed {}", after.split(':').next().unwrap_or_default()));
        let place = format!("{:<8} | {}", case.area, case.what);
        wrong.extend(
            faults(&case, &reply).into_iter().chain(changed).map(|fault| format!("{place}: {fault}")),
        );
        if let Ok(told) = serde_json::from_str::<Value>(&reply.body) {
            let kind = told["type"].as_str().unwrap_or("").trim_start_matches("/problems/").to_owned();
            let said = scene.plain(&said(case.area, &told).join(" · ")).escape_debug().to_string();
            let said = said.replace("\\\"", "\"").replace("\\'", "'");
            lines.push(format!("{place} | {} {kind} | {said}", reply.status));
        }
    }
    let is = format!("{}\n", lines.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut cases: Vec<_> = lines.iter().map(|line| line.split(" | ").take(2).collect::<Vec<_>>()).collect();
    cases.sort();
    let twice: Vec<_> = cases.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/bad_input/table.txt"), &is).unwrap();
        return;
    }
    for (is, was) in is.lines().zip(TABLE.lines()) {
        assert_eq!(is, was);
    }
    assert!(
        is == TABLE && lines.len() >= 200,
        "other cases than in origin/src/tests/bad_input/table.txt: write it anew with \
         `{UPDATE}=1 cargo test -p origin bad_input`, and read what has changed"
    );
}
