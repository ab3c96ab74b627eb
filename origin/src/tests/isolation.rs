//! Every route, asked as everybody: the route table and the roles say what must come out.

use crate::access::{Permission, ROLES};
use crate::http::{Reply, Request};
use crate::routes::{Handler, ROUTES, Route};
use crate::secret::digest;
use crate::testing::{Browser, PASSWORD, World};
use crate::tests::files;
use crate::tests::passkeys::Authenticator;
use serde_json::{Value, json};

/// A body that each route which takes one accepts.
pub fn body(name: &str) -> Value {
    match name {
        "create_token" => json!({"name": "Import", "scopes": ["site.read"], "days": 30}),
        "create_site" => json!({"name": {"en": "New"}, "locales": ["en"], "host": "brand-new"}),
        "change_site" => json!({"name": {"en": "Renamed"}}),
        "change_asset" => json!({"name": "Renamed", "folder": "moved", "alt": {"en": "A loaf"}}),
        "create_asset_folder" => json!({"folder": "another/one"}),
        "move_asset_folder" => json!({"folder": "empty", "to": "full"}),
        "add_host" => json!({"name": "another"}),
        "save_setting" => json!({"name": "Bakery", "email": "hello@bakery.example"}),
        "save_page" => json!({
            "locale": "en", "path": "/new", "title": "New", "description": "A new page.",
            "sections": [{"component": "hero", "props": {"title": "New"}}]
        }),
        "create_page" => {
            json!({"template": "faq", "path": "/questions", "locale": "en", "title": "Questions"})
        }
        "save_template" => json!({"name": "Opening", "document": {"description": "Of {site}.",
            "sections": [{"component": "hero", "props": {"title": "{title}"}}]}}),
        "save_block" => {
            json!({"name": "Hours", "sections": [{"component": "text", "props": {"text": "Open"}}]})
        }
        "save_component" => json!({"sections": [{"component": "text", "props": {"text": "Ours"}}]}),
        "save_type" => json!({
            "name": "Note", "title_field": "title", "listed": ["title"],
            "fields": [{"name": "title", "kind": "text", "required": true}, {"name": "code", "kind": "text", "unique": true}],
            "indexes": [{"name": "newest", "sort": "published_at"}]
        }),
        "create_entity" | "save_entity" => {
            json!({"type": "note", "locale": "en", "slug": "new", "fields": {"title": "New"}})
        }
        "change_entities" => json!({"ids": ["one"], "set": {"title": "Changed"}}),
        "save_redirects" => json!({"redirects": [{"from": "/old", "to": "/spare"}]}),
        "publish" | "check_release" | "create_preview" => json!({"everything": true}),
        "move_schedule" => json!({"at": "2026-03-20T09:30:00Z"}),
        "claim_domain" => json!({"host": "www.bakery.example", "method": "dns"}),
        "change_member" => json!({"roles": [{"role": "viewer"}]}),
        "invite_to_site" => json!({"email": "asked@example.org", "role": "viewer"}),
        "invite_member" => json!({"email": "asked@example.org", "role": "viewer"}),
        "accept_invitation" => json!({"code": CODE}),
        "create_role" | "change_role" => json!({"name": "Proof-reader", "permissions": ["site.read"]}),
        "change_me" => json!({"name": "Mira"}),
        "prove_me" => json!({"password": PASSWORD}),
        "change_password" => json!({"password": "eleven quiet lamps by the quay"}),
        "ask_email" => json!({"email": "new@example.org"}),
        "confirm_email" => json!({"code": CODE}),
        "create_passkey" => json!({"name": "Phone", "credential": Authenticator::new(7).registration(CODE)}),
        "rename_passkey" => json!({"name": "Phone"}),
        "change_tenant" => json!({"status": "active"}),
        "set_plan" => {
            json!({"name": "Large", "limits": {"sites": 9}, "features": ["custom_domains"], "offered": true})
        }
        other => panic!("{other}: say what it is sent"),
    }
}

/// A file that each route which takes one accepts.
pub fn file(name: &str) -> Vec<u8> {
    match name {
        "upload_asset" | "replace_asset" => files::png(800, 600),
        "put_variant" => files::webp(320, 240),
        "import_site" => crate::tests::lives::archive(&[
            (
                "site.json",
                r#"{"name": {"en": "A"}, "hosts": [], "locales": ["en"], "theme": {"base": "plain"}}"#
                    .as_bytes(),
            ),
            ("pages/home.json", body("save_page").to_string().replace("/new", "/").as_bytes()),
        ]),
        "import_entities" => {
            b"{\"id\": \"imported\", \"slug\": \"imported\", \"fields\": {\"title\": \"Imported\"}}".to_vec()
        }
        other => panic!("{other}: say what it is sent"),
    }
}

/// What a route asks for beyond its path.
pub fn query(name: &str) -> &'static str {
    match name {
        "upload_asset" => "?name=New.png&folder=team",
        "delete_asset_folder" => "?folder=empty",
        "delete_tenant" => "?confirm=A%20company",
        "diff_revisions" => "?to=1",
        "list_entities" | "import_entities" => "?type=note",
        _ => "",
    }
}

/// Two files of a site, one in the trash, and a folder.
pub fn make_assets(world: &World, site: &str) {
    let row = |id: &str, status: &str| {
        format!(
            "INSERT INTO assets (site_id, id, hash, name, ext, kind, bytes, width, height, status, created_at, updated_at, created_by)
             VALUES ('{site}', '{id}', 'cafe', '{id}', 'png', 'image', 10, 640, 480, '{status}',
               '2026-03-14T09:30:00Z', '2026-03-14T09:30:00Z', 'x');"
        )
    };
    world.run_sql(&row(&format!("file-{site}"), "active"));
    world.run_sql(&row(&format!("trash-{site}"), "trashed"));
    world.run_sql(&format!("INSERT INTO asset_folders (site_id, folder) VALUES ('{site}', 'empty')"));
}

/// Something that is scheduled on a site.
pub fn make_schedule(world: &World, site: &str) {
    world.run_sql(&format!(
        "INSERT OR IGNORE INTO schedules (site_id, id, at, pages, author, created_at)
         VALUES ('{site}', 'waiting-{site}', '2026-03-18T09:30:00Z', '{{\"home\": 1}}', 'x', '2026-03-14T09:30:00Z')"
    ));
}

/// A preview of everything.
pub fn make_preview(world: &World, site: &str) {
    world.run_sql(&format!(
        "INSERT INTO previews (site_id, id, show, path, created_by, created_at, expires_at)
         VALUES ('{site}', 'preview-{site}', '{{\"everything\": true}}', '/', 'x', '2026-03-14T09:30:00Z', '2026-03-15T09:30:00Z')"
    ));
}

/// The asset that a route is asked for.
pub fn asset(route: &Route, site: &str) -> String {
    let in_trash = matches!(route.name, "delete_asset" | "restore_asset");
    format!("{}-{site}", if in_trash { "trash" } else { "file" })
}
/// The code of each mail that the stage has sent.
const CODE: &str = "the code of the mail";

pub struct Stage {
    pub world: World,
    pub tenant: String,
    admin: String,
    pub site: String,
    sister: String,
    foreign: String,
    foreign_tenant: String,
}

pub fn make_site(browser: &Browser, host: &str) -> String {
    let body = json!({"name": {"en": host}, "locales": ["en"], "host": host});
    let path = format!("/api/v1/tenants/{}/sites", browser.tenant);
    browser.post(&path, body).must(201).value()["id"].as_str().unwrap().to_owned()
}

/// What stands for each name in the path of a route; of documents those that `furnish` makes.
pub fn fill(route: &Route, tenant: &str, site: &str, user: &str) -> String {
    let (subject, id) = match route.name {
        name if name.ends_with("_setting") && name != "save_setting" => ("", "frame-en"),
        "save_setting" => ("", "organisation"),
        "save_page" | "save_block" | "save_component" | "save_entity" => ("", "brand-new"),
        "import_entities" => ("", "second"),
        "show_import" => ("", "first"),
        "show_template" | "delete_template" => ("", "kept"),
        "save_template" => ("", "brand-new"),
        "save_type" => ("", "article"),
        name if name.ends_with("_type") => ("", "note"),
        // One that visitors see also asks for `publish`.
        "trash_entity" => ("", "imported"),
        name if name.ends_with("_entity") => ("", "one"),
        name if name.ends_with("_lock") => ("page", "home"),
        name if name.ends_with("_revisions") || name.ends_with("_revision") => ("page", "home"),
        name if name.ends_with("_page") => ("", "spare"),
        _ => ("", "spare"),
    };
    let path = route
        .path
        .replace("{tenant}", tenant)
        .replace("{site}", site)
        .replace("{host}", &format!("second-{site}.localhost"))
        .replace("{token}", &format!("token-{user}"))
        .replace("{session}", user)
        .replace("{subject}", subject)
        .replace("{id}", id)
        .replace("{number}", "1")
        .replace("{schedule}", &format!("waiting-{site}"))
        .replace("{domain}", &format!("www.{site}.example"))
        .replace("{member}", &format!("colleague-{tenant}"))
        .replace(
            "{invitation}",
            &if site.is_empty() || !route.path.contains("{site}") {
                "open".to_owned()
            } else {
                format!("open-{site}")
            },
        )
        .replace("{role}", "own")
        .replace("{plan}", "large")
        .replace("{passkey}", &format!("passkey-{user}"))
        .replace("{preview}", &format!("preview-{site}"))
        .replace("{asset}", &asset(route, site))
        .replace("{width}", "320");
    path + query(route.name)
}

/// Documents and a release, so that everything that a path names is there.
pub fn furnish(browser: &Browser, site: &str) {
    let put = |path: &str, body: Value| {
        let request = browser.request("PUT", &format!("/api/v1/sites/{site}{path}")).json(body);
        browser.world.send(&request).must(200);
    };
    let page = |path: &str| {
        let mut page = body("save_page");
        page["path"] = path.into();
        page["title"] = path.into();
        page
    };
    put("/pages/home", page("/"));
    put("/pages/spare", page("/spare"));
    put("/blocks/spare", body("save_block"));
    put("/components/spare", body("save_component"));
    put("/settings/frame-en", json!({"before": [], "after": []}));
    put("/types/note", body("save_type"));
    put(
        "/entities/one",
        json!({"type": "note", "locale": "en", "slug": "one", "fields": {"title": "One", "code": "1"}, "publish": true}),
    );
    let import = browser.request("PUT", &format!("/api/v1/sites/{site}/imports/first?type=note"));
    let import = import.file(&file("import_entities")).with("content-type", "application/jsonl");
    browser.world.send(&import).must(200);
    browser.post(&format!("/api/v1/sites/{site}/releases"), json!({"pages": ["home", "spare"]})).must(201);
}

impl Stage {
    /// Made once for each thread, then copied: each question finds it untouched.
    pub fn new() -> Self {
        thread_local! { static FIRST: Stage = Stage::make(); }
        FIRST.with(|first| Self {
            world: first.world.copy(),
            tenant: first.tenant.clone(),
            admin: first.admin.clone(),
            site: first.site.clone(),
            sister: first.sister.clone(),
            foreign: first.foreign.clone(),
            foreign_tenant: first.foreign_tenant.clone(),
        })
    }

    fn make() -> Self {
        let world = World::new();
        let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
        let (site, sister, foreign) =
            (make_site(&mira, "one"), make_site(&mira, "two"), make_site(&noor, "three"));
        let now = "2026-03-14T09:30:00Z";
        for (who, site) in [(&mira, &site), (&mira, &sister), (&noor, &foreign)] {
            furnish(who, site);
        }
        for tenant in [&mira.tenant, &noor.tenant] {
            world.member(tenant, &format!("colleague-{tenant}"), "", "viewer");
            world.run_sql(&format!(
                "INSERT INTO roles (tenant_id, id, name, permissions, updated_at) VALUES ('{tenant}', 'own', 'Own', '[\"site.read\"]', '{now}');
                 INSERT INTO templates (tenant_id, kind, id, name, document, updated_at)
                   VALUES ('{tenant}', 'page', 'kept', 'Kept', '{{\"description\": \"x\", \"sections\": []}}', '{now}');
                 INSERT INTO invitations (tenant_id, id, email, role, token_hash, status, invited_by, created_at, expires_at)
                   VALUES ('{tenant}', 'open', 'open@example.org', 'viewer', '{tenant}', 'open', 'x', '{now}', '2100-01-01T00:00:00Z')"
            ));
        }
        world.run_sql(&format!(
            "INSERT INTO invitations (tenant_id, id, email, role, token_hash, status, invited_by, created_at, expires_at)
             VALUES ('{}', 'member', 'member@members.example', 'viewer', '{}', 'open', '{}', '{now}', '2100-01-01T00:00:00Z')",
            noor.tenant,
            digest(CODE),
            noor.user
        ));
        for site in [&site, &sister, &foreign] {
            let tenant = if *site == foreign { &noor.tenant } else { &mira.tenant };
            world.run_sql(&format!(
                "INSERT INTO host_claims (site_id, host, method, token, status, created_by, created_at, expires_at)
                 VALUES ('{site}', 'www.{site}.example', 'dns', 'x', 'open', 'x', '{now}', '2100-01-01T00:00:00Z')"
            ));
            world.run_sql(&format!(
                "INSERT INTO hosts (host, tenant_id, site_id, kind, status, created_at, updated_at)
                 VALUES ('second-{site}.localhost', '{tenant}', '{site}', 'platform', 'active', '{now}', '{now}')"
            ));
            make_assets(&world, site);
            make_preview(&world, site);
            world.run_sql(&format!(
                "INSERT INTO member_roles (tenant_id, user_id, site_id, role) VALUES ('{tenant}', 'colleague-{tenant}', '{site}', 'viewer');
                 INSERT INTO invitations (tenant_id, id, email, site_id, role, token_hash, status, invited_by, created_at, expires_at)
                   VALUES ('{tenant}', 'open-{site}', 'open@example.org', '{site}', 'viewer', '{site}', 'open', 'x', '{now}', '2100-01-01T00:00:00Z')"
            ));
        }
        let (tenant, admin, foreign_tenant) = (mira.tenant.clone(), mira.cookie.clone(), noor.tenant.clone());
        Self { tenant, admin, foreign_tenant, site, sister, foreign, world }
    }

    /// A member with a role on all sites of the tenant.
    pub fn member(&self, role: &str) -> Browser<'_> {
        let who = self.world.member(&self.tenant, "member", "", role);
        self.token(&who, &[], "");
        who
    }

    /// What a member asks a route of their own tenant or site.
    pub fn ask(&self, who: &Browser, route: &Route) -> Request {
        self.request(Some(who), route, &self.tenant, &self.site)
    }

    fn request(&self, who: Option<&Browser>, route: &Route, tenant: &str, site: &str) -> Request {
        let user = who.map_or("nobody", |who| who.user.as_str());
        let path = fill(route, tenant, site, user);
        if route.name == "prove_me" && who.is_some() {
            self.world.run_sql(&format!(
                "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE email = 'mira@example.org') WHERE id = '{user}'"
            ));
        }
        if route.path.contains("{schedule}") {
            make_schedule(&self.world, site);
        }
        if route.name == "import_site" && !site.is_empty() {
            self.world.run_sql(&format!(
                "UPDATE sites SET ready = 0 WHERE id = '{site}';
                 INSERT OR IGNORE INTO jobs (tenant_id, id, site_id, kind, status, payload, progress, run_at, author, created_at, updated_at)
                   SELECT tenant_id, id || '/fill', id, 'fill', 'queued', '{{\"from\": \"file\", \"total\": 0}}',
                     '{{\"stage\": \"types\", \"after\": \"\", \"done\": 0}}', '{}', 'x', created_at, created_at FROM sites WHERE id = '{site}'",
                crate::repo::fills::WAITING
            ));
        }
        let purpose = if route.name == "confirm_email" { "change_email" } else { "passkey" };
        if who.is_some() {
            self.world.run_sql(&format!(
                "INSERT OR IGNORE INTO confirmations (token_hash, user_id, purpose, data, expires_at)
                   VALUES ('{}', '{user}', '{purpose}', '{{\"email\": \"new@example.org\"}}', '2100-01-01T00:00:00Z');
                 INSERT OR IGNORE INTO passkeys (user_id, id, name, credential_id, public_key, sign_count, backed_up, created_at)
                   VALUES ('{user}', 'passkey-{user}', 'x', '{user}', 'x', 0, 0, '2026-03-14T09:30:00Z')",
                digest(CODE)
            ));
        }
        let request = match who {
            Some(who) => who.request(route.method, &path),
            None => crate::testing::request(route.method, &path),
        };
        let request =
            if route.name == "restore_revision" { request.with("if-match", "\"1\"") } else { request };
        if route.file {
            return request.file(&file(route.name)).with("content-type", "application/jsonl");
        }
        if route.body.is_some() { request.json(body(route.name)) } else { request }
    }

    /// Gives a person a token that they may end, and answers with its secret.
    fn token(&self, who: &Browser, scopes: &[Permission], site: &str) -> String {
        let secret = format!("manysite_{}-{}", who.user, scopes.len());
        self.world.run_sql(&format!(
            "INSERT INTO api_tokens (tenant_id, id, name, token_hash, site_id, scopes, user_id, created_at)
             VALUES ('{}', 'token-{}', 'x', '{}', '{site}', '{}', '{}', '2026-03-14T09:30:00Z')",
            who.tenant,
            who.user,
            digest(&secret),
            json!(scopes),
            who.user
        ));
        secret
    }
}

pub fn routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| !matches!(route.handler, Handler::Open(_)))
}

fn outcome(expected: bool, route: &Route) -> u16 {
    if expected { route.status } else { 403 }
}

fn assert_status(reply: &Reply, expected: u16, who: &str, route: &Route) {
    assert_eq!(reply.status, expected, "{who}: {} {}: {}", route.method, route.path, reply.body);
}

/// The owner of the platform has an address that is not there for others.
fn is_owners(route: &Route) -> bool {
    matches!(route.handler, Handler::Platform(_))
}

#[test]
fn nobody_gets_anything_signed_out() {
    let stage = Stage::new();
    for route in routes() {
        let reply = stage.world.send(&stage.request(None, route, &stage.tenant, &stage.site));
        assert_status(&reply, 401, "signed out", route);
    }
}

#[test]
fn each_role_may_do_what_its_permissions_say_and_nothing_else() {
    for (role, permissions) in ROLES {
        for route in routes().filter(|route| !is_owners(route)) {
            let stage = Stage::new();
            let who = stage.member(role);
            let may = match route.handler {
                Handler::Tenant(permission, _) | Handler::Site(permission, _) => {
                    permissions.contains(&permission)
                }
                _ => true,
            };
            let reply = stage.world.send(&stage.ask(&who, route));
            assert_status(&reply, outcome(may, route), role, route);
        }
    }
}

#[test]
fn a_role_on_one_site_opens_that_site_and_no_other_of_the_tenant() {
    for (role, permissions) in ROLES {
        for route in routes() {
            let Handler::Site(permission, _) = route.handler else { continue };
            let stage = Stage::new();
            let who = stage.world.member(&stage.tenant, "member", &stage.site, role);
            let sister = stage.world.send(&stage.request(Some(&who), route, &stage.tenant, &stage.sister));
            assert_status(&sister, 404, role, route);
            let own = stage.world.send(&stage.request(Some(&who), route, &stage.tenant, &stage.site));
            assert_status(&own, outcome(permissions.contains(&permission), route), role, route);
        }
    }
}

#[test]
fn a_role_on_one_site_is_none_in_the_tenant() {
    for route in routes() {
        let Handler::Tenant(permission, _) = route.handler else { continue };
        let stage = Stage::new();
        let who = stage.world.member(&stage.tenant, "member", &stage.site, "tenant_admin");
        stage.token(&who, &[], "");
        let reply = stage.world.send(&stage.request(Some(&who), route, &stage.tenant, ""));
        assert_status(&reply, outcome(permission == Permission::ReadTenant, route), "site's admin", route);
    }
}

/// What a request is told, and the statements that were run for it.
fn told(world: &World, request: &Request) -> (u16, Value, Vec<&'static str>) {
    let before = world.statements.borrow().len();
    let reply = world.send(request);
    let body: Value = serde_json::from_str(&reply.body).unwrap_or_default();
    let said = json!([body["type"], body["detail"], body["status"]]);
    (reply.status, said, world.statements.borrow()[before..].to_vec())
}

#[test]
fn what_belongs_to_another_tenant_is_answered_like_what_does_not_exist() {
    let stage = Stage::new();
    let who = stage.world.member(&stage.tenant, "member", "", "tenant_admin");
    for route in routes().filter(|r| matches!(r.handler, Handler::Tenant(..) | Handler::Site(..))) {
        let ask =
            |tenant: &str, site: &str| told(&stage.world, &stage.request(Some(&who), route, tenant, site));
        let foreign = ask(&stage.foreign_tenant, &stage.foreign);
        assert_eq!(foreign.0, 404, "{} {}", route.method, route.path);
        assert_eq!(foreign, ask("nowhere", "nothing"), "{} {}", route.method, route.path);
    }
    assert_eq!(stage.world.ask("SELECT 1 FROM audit WHERE actor = 'member'").len(), 0, "nothing was changed");
}

#[test]
fn another_tenants_thing_is_answered_like_none_also_below_what_is_ones_own() {
    let mut compared = 0;
    for route in routes().filter(|route| !is_owners(route)) {
        let stage = Stage::new();
        let who = stage.member("tenant_admin");
        let other = stage.world.member(&stage.foreign_tenant, "other", "", "tenant_admin");
        stage.token(&other, &[], "");
        // A site of one's own without anything that the other one has.
        let admin = Browser { cookie: stage.admin.clone(), tenant: stage.tenant.clone(), ..who.clone() };
        let bare = make_site(&admin, "bare");
        for table in ["invitations", "roles", "templates"] {
            stage.world.run_sql(&format!("DELETE FROM {table} WHERE tenant_id = '{}'", stage.tenant));
        }
        // Puts the things of the other one in their place.
        drop(stage.request(Some(&other), route, &stage.foreign_tenant, &stage.foreign));
        let theirs = fill(route, &stage.foreign_tenant, &stage.foreign, &other.user);
        let own = theirs.replacen(&stage.foreign_tenant, &stage.tenant, 1).replacen(&stage.foreign, &bare, 1);
        let parts: Vec<&str> = own.split('?').next().unwrap().split('/').collect();
        let wanted: Vec<&str> = route.path.split('/').collect();
        let none: Vec<&str> = wanted
            .iter()
            .zip(&parts)
            .map(|(want, part)| match *want {
                "{number}" => "77",
                "{width}" | "{subject}" | "{site}" | "{tenant}" => part,
                want if want.starts_with('{') => "never-made",
                _ => part,
            })
            .collect();
        if none == parts {
            continue;
        }
        let ask = |path: &str| {
            let mut request = stage.request(Some(&who), route, &stage.tenant, &bare);
            request.url = format!("{}{path}{}", crate::testing::HOST, query(route.name));
            told(&stage.world, &request)
        };
        let missing = ask(&none.join("/"));
        // What makes a new thing under any name, or does nothing where there is none, tells nothing either.
        if missing.0 == 404 {
            assert_eq!(ask(&parts.join("/")), missing, "{} {}", route.method, route.path);
            compared += 1;
        }
    }
    assert!(compared >= 40, "{compared}");
}

#[test]
fn what_is_the_platforms_is_for_its_owner_alone_who_is_no_member_by_that() {
    let stage = Stage::new();
    let who = stage.world.member(&stage.foreign_tenant, "member", "", "tenant_admin");
    let ask = |route| stage.world.send(&stage.request(Some(&who), route, &stage.tenant, &stage.site));
    for route in routes().filter(|route| is_owners(route)) {
        assert_status(&ask(route), 404, "tenant's admin", route);
    }
    stage.world.run_sql("UPDATE users SET platform_owner = 1 WHERE id = 'member'");
    for route in routes().filter(|route| is_owners(route)) {
        assert_status(&ask(route), route.status, "owner", route);
    }
    for route in routes().filter(|r| matches!(r.handler, Handler::Tenant(..) | Handler::Site(..))) {
        assert_status(&ask(route), 404, "owner", route);
    }
}

#[test]
fn a_token_does_no_more_than_its_scopes_and_never_what_is_for_people() {
    for route in routes() {
        for with in [true, false] {
            let stage = Stage::new();
            let who = stage.world.member(&stage.tenant, "member", "", "tenant_admin");
            let all = Permission::ALL;
            let (scopes, expected) = match route.handler {
                Handler::Tenant(permission, _) | Handler::Site(permission, _) => {
                    let scopes: Vec<_> = all.into_iter().filter(|p| (*p == permission) == with).collect();
                    (scopes, outcome(with && route.tokens, route))
                }
                Handler::Person(_) => (all.to_vec(), route.status),
                _ => (all.to_vec(), 403),
            };
            let secret = stage.token(&who, &scopes, "");
            let mut request = stage.request(Some(&who), route, &stage.tenant, &stage.site);
            request.headers.remove("cookie");
            let reply = stage.world.send(&request.with("authorization", format!("Bearer {secret}")));
            assert_status(&reply, expected, &format!("token, {with}"), route);
        }
    }
}

#[test]
fn a_token_of_one_site_opens_no_other_and_not_the_tenant() {
    for route in routes().filter(|r| matches!(r.handler, Handler::Tenant(..) | Handler::Site(..))) {
        let stage = Stage::new();
        let who = stage.world.member(&stage.tenant, "member", "", "tenant_admin");
        let secret = stage.token(&who, &Permission::ALL, &stage.site);
        let ask = |site: &str| {
            let mut request = stage.request(Some(&who), route, &stage.tenant, site);
            request.headers.remove("cookie");
            stage.world.send(&request.with("authorization", format!("Bearer {secret}")))
        };
        assert_status(&ask(&stage.sister), 404, "token of a site", route);
        let own = match route.handler {
            Handler::Site(..) => outcome(route.tokens, route),
            _ => 404,
        };
        assert_status(&ask(&stage.site), own, "token of a site", route);
    }
}

#[test]
fn a_suspended_tenant_reads_and_changes_nothing() {
    for route in routes().filter(|r| matches!(r.handler, Handler::Tenant(..) | Handler::Site(..))) {
        let stage = Stage::new();
        stage.world.run_sql("UPDATE tenants SET status = 'suspended'");
        let who = stage.world.member(&stage.tenant, "member", "", "tenant_admin");
        let reply = stage.world.send(&stage.request(Some(&who), route, &stage.tenant, &stage.site));
        assert_status(&reply, if route.method == "GET" { route.status } else { 409 }, "suspended", route);
    }
}

#[test]
fn who_left_the_tenant_or_is_blocked_has_no_way_in() {
    let stage = Stage::new();
    let who = stage.world.member(&stage.tenant, "member", "", "tenant_admin");
    let secret = stage.token(&who, &Permission::ALL, "");
    let ask = || {
        let path = format!("/api/v1/sites/{}", stage.site);
        let token = crate::testing::request("GET", &path).with("authorization", format!("Bearer {secret}"));
        (who.get(&path).status, stage.world.send(&token).status)
    };
    assert_eq!(ask(), (200, 200));
    stage.world.run_sql("UPDATE members SET status = 'suspended' WHERE user_id = 'member'");
    assert_eq!(ask(), (404, 404));
    stage.world.run_sql("UPDATE users SET status = 'blocked' WHERE id = 'member'");
    assert_eq!(ask(), (401, 401));
    assert!(stage.admin.starts_with("session="));
}

/// Changes that are nobody's history: who is editing now, and what is only asked.
const NOT_KEPT: [&str; 3] = ["take_lock", "release_lock", "check_release"];

/// A stage where a route has something to do, for each of those that change a tenant or a site.
fn changes() -> impl Iterator<Item = (&'static Route, Stage)> {
    let changes = routes().filter(|route| {
        matches!(route.handler, Handler::Tenant(..) | Handler::Site(..)) && route.method != "GET"
    });
    changes.map(|route| {
        let stage = Stage::new();
        match route.name {
            "restore_tenant" => {
                stage.world.run_sql("UPDATE tenants SET delete_after = '2026-04-13T09:30:00Z'")
            }
            "restore_site" => stage.world.run_sql("UPDATE sites SET delete_after = '2026-04-13T09:30:00Z'"),
            "publish" => stage.world.run_sql("DELETE FROM releases"),
            "publish_entity" => {
                stage.world.run_sql(
                    "UPDATE entities SET status = 'draft', published_revision = NULL WHERE id = 'one'",
                );
            }
            "restore_entity" => {
                stage.world.run_sql("UPDATE entities SET status = 'trashed' WHERE id = 'one'")
            }
            _ => {}
        }
        (route, stage)
    })
}

#[test]
fn each_change_stands_in_the_audit_log_under_its_own_name_and_without_its_secrets() {
    for (route, stage) in changes() {
        let who = stage.member("tenant_admin");
        let reply = stage.world.send(&stage.ask(&who, route));
        assert_status(&reply, route.status, "tenant_admin", route);
        let rows = stage.world.ask("SELECT action, before, after FROM audit WHERE actor = 'member'");
        if NOT_KEPT.contains(&route.name) {
            assert!(rows.is_empty(), "{}", route.name);
            continue;
        }
        assert!(rows.iter().any(|row| row["action"] == route.name), "{}: {rows:?}", route.name);
        let said = serde_json::from_str::<Value>(&reply.body).unwrap_or_default();
        let secrets = [&said["token"], &said["proof"]["token"], &said["url"]];
        for secret in secrets.into_iter().filter_map(Value::as_str).filter(|text| text.len() > 40) {
            assert!(!json!(rows).to_string().contains(secret), "{}: {rows:?}", route.name);
        }
    }
}

#[test]
fn each_post_is_done_once_under_its_key() {
    for (route, stage) in changes().filter(|(route, _)| route.method == "POST") {
        // Who has left has no way in, to no answer either.
        if route.name == "leave_tenant" || NOT_KEPT.contains(&route.name) {
            continue;
        }
        let who = stage.member("tenant_admin");
        let request = stage.ask(&who, route).with("idempotency-key", "k");
        let first = stage.world.send(&request);
        assert_status(&first, route.status, "first", route);
        let events = || stage.world.ask("SELECT 1 FROM audit").len();
        let before = events();
        let request = if route.file { request.file(&file(route.name)) } else { request };
        let second = stage.world.send(&request);
        assert_status(&second, route.status, "second", route);
        assert_eq!(second.header("idempotent-replay"), Some("true"), "{}", route.name);
        assert_eq!(events(), before, "{}", route.name);
        if route.name != "create_token" {
            let said = |reply: &Reply| serde_json::from_str::<Value>(&reply.body).unwrap_or_default();
            assert_eq!(said(&second), said(&first), "{}", route.name);
        }
    }
}
