//! Every statement that the routes run: none reads a whole table, and each is kept to a tenant, a site or a person.

use crate::routes::{Handler, ROUTES};
use crate::testing::{Browser, PASSWORD, World};
use crate::tests::isolation::{
    body, file, fill, furnish, make_assets, make_preview, make_schedule, make_site,
};
use crate::tests::passkeys::Authenticator;
use crate::tests::previews;
use serde_json::json;
use std::collections::BTreeSet;

/// Asks every route once, as somebody who may.
fn everything() -> (World, BTreeSet<&'static str>) {
    let world = World::new();
    {
        let mira = world.sign_up("mira@example.org");
        world.run_sql("UPDATE users SET platform_owner = 1");
        world.set("MAIL_URL", "https://mail.example/");
        world.set("ENVIRONMENT", "development");
        let site = make_site(&mira, "bakery");
        make_assets(&world, &site);
        make_schedule(&world, &site);
        make_preview(&world, &site);
        mira.post(&format!("/api/v1/sites/{site}/hosts"), json!({"name": "second"})).must(201);
        furnish(&mira, &site);
        let wrong = json!({"email": "mira@example.org", "password": "x"});
        world.send(&crate::testing::request("POST", "/api/v1/sign-in").json(wrong)).must(401);
        let tokens = format!("/api/v1/tenants/{}/tokens", mira.tenant);
        let token = mira.post(&tokens, body("create_token")).must(201).value();
        let with_token = crate::testing::request("GET", "/api/v1/me")
            .with("authorization", format!("Bearer {}", token["token"].as_str().unwrap()));
        world.send(&with_token).must(200);
        for route in ROUTES.iter().filter(|r| !matches!(r.handler, Handler::Open(_)) && r.name != "sign_out")
        {
            let path = fill(route, &mira.tenant, &site, &mira.user)
                .replace(&format!("second-{site}.localhost"), "second.localhost")
                .replace(&format!("token-{}", mira.user), token["id"].as_str().unwrap())
                .replace(&format!("www.{site}.example"), "www.bakery.example")
                .replace(&format!("colleague-{}", mira.tenant), &mira.user);
            let request = mira.request(route.method, &path).with("idempotency-key", route.name);
            let request = match route.file {
                true => request.file(&file(route.name)).with("content-type", "application/jsonl"),
                false => request,
            };
            let request = if route.body.is_some() { request.json(body(route.name)) } else { request };
            let reply = world.send(&request);
            assert!(reply.status < 500, "{} {}: {}", route.method, path, reply.body);
        }
        let made = mira.post(&format!("/api/v1/sites/{site}/previews"), body("create_preview")).must(201);
        let token = previews::token(made.value()["url"].as_str().unwrap());
        previews::open(&world, "bakery.localhost", &token, "/").must(200);
        scheduled(&mira, &site);
        people(&world, &mira);
        domains(&world, &mira, &site);
        records(&world, &mira, &site);
        sites(&world, &mira, &site);
        own_database(&world, &mira);
        let email = json!({"email": "mira@example.org"});
        world.send(&crate::testing::request("POST", "/api/v1/password-reset").json(email)).must(202);
        let password = json!({"code": world.code("mira@example.org").unwrap(), "password": "eleven quiet lamps by the quay"});
        world
            .send(&crate::testing::request("POST", "/api/v1/password-reset/confirm").json(password))
            .must(204);
        world.send(&crate::testing::request("GET", "/dev/mailbox")).must(200);
        world.set("SIGN_UP", "invite");
        let invited = json!({"email": "n@example.org", "password": "eleven quiet lamps by the quay", "tenant": "A", "invitation": "x"});
        world.send(&crate::testing::request("POST", "/api/v1/sign-up").json(invited)).must(422);
        for end in ["2026-03-20T00:00:00Z", "2026-03-15T00:00:00Z"] {
            world.run_sql(&format!(
                "UPDATE tenants SET status = 'trial', trial_ends_at = '{end}', trial_due_at = '2026-03-14T09:30:00Z'"
            ));
            world.pass(crate::clock::DAY / 2);
            futures::executor::block_on(crate::jobs::every_minute(&world));
        }
        futures::executor::block_on(crate::jobs::every_minute(&world));
        world.run_sql("UPDATE tenants SET delete_after = '2026-01-01T00:00:00Z'");
        for _ in 0..5 {
            futures::executor::block_on(crate::jobs::every_minute(&world));
        }
        assert!(world.ask("SELECT 1 FROM tenants").is_empty(), "{:?}", world.logged.borrow());
    }
    let statements = world.statements.borrow().iter().copied().collect();
    (world, statements)
}

/// What the loop over the routes cannot do, since each answer is needed for the next question.
fn people(world: &World, mira: &Browser) {
    let tenant = |rest: &str| format!("/api/v1/tenants/{}/{rest}", mira.tenant);
    let platform = format!("/api/v1/platform/tenants/{}", mira.tenant);
    let limits = json!({"limits": {"sites": 1, "members": 50}, "status": "suspended", "features": [{"name": "a", "enabled": null}]});
    mira.send("PATCH", &platform, limits).must(200);
    mira.send("PATCH", &platform, json!({"status": "active", "features": [{"name": "a", "enabled": true}]}))
        .must(200);
    mira.post(&tenant("sites"), json!({"name": {"en": "A"}, "locales": ["en"], "host": "more"})).must(409);
    let site = world.ask("SELECT id FROM sites LIMIT 1")[0]["id"].as_str().unwrap().to_owned();
    world.member(&mira.tenant, "guest", &site, "viewer");
    mira.delete(&format!("/api/v1/sites/{site}/members/guest")).must(204);
    mira.delete(&tenant("templates/brand-new")).must(204);
    let role = mira.post(&tenant("roles"), body("create_role")).must(201).value();
    let role = tenant(&format!("roles/{}", role["id"].as_str().unwrap()));
    mira.send("PUT", &role, body("change_role")).must(200);
    mira.delete(&role).must(204);
    let invite = |email: &str| {
        let made =
            mira.post(&tenant("invitations"), json!({"email": email, "role": "viewer"})).must(201).value();
        (tenant(&format!("invitations/{}", made["id"].as_str().unwrap())), world.code(email).unwrap())
    };
    mira.delete(&invite("gone@example.org").0).must(204);
    let noor = world.sign_up("noor@example.org");
    noor.post("/api/v1/invitations/accept", json!({"code": invite("noor@example.org").1})).must(200);
    noor.post(&tenant("leave"), json!({})).must(204);
    let joining = json!({"code": invite("tom@example.org").1, "name": "Tom", "password": PASSWORD});
    let joined =
        world.send(&crate::testing::request("POST", "/api/v1/invitations/join").json(joining)).must(201);
    let cookie = joined.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let tom = Browser { cookie, user: joined.value()["user"].as_str().unwrap().to_owned(), ..mira.clone() };
    tom.post("/api/v1/me/email", json!({"email": "thomas@example.org"})).must(202);
    let code = world.code("thomas@example.org").unwrap();
    tom.post("/api/v1/me/email/confirm", json!({"code": code})).must(204);
    tom.post("/api/v1/me/proof", json!({"password": PASSWORD})).must(204);
    let mut phone = Authenticator::new(3);
    let options = tom.post("/api/v1/passkeys/options", json!({})).must(200).value();
    let credential = phone.registration(options["challenge"].as_str().unwrap());
    let made =
        tom.post("/api/v1/passkeys", json!({"name": "Phone", "credential": credential})).must(201).value();
    let options =
        world.send(&crate::testing::request("POST", "/api/v1/sign-in/passkey/options")).must(200).value();
    let credential = phone.assertion(options["challenge"].as_str().unwrap(), &tom.user);
    let signed =
        crate::testing::request("POST", "/api/v1/sign-in/passkey").json(json!({"credential": credential}));
    world.send(&signed).must(200);
    tom.delete(&format!("/api/v1/passkeys/{}", made["id"].as_str().unwrap())).must(204);
    tom.delete("/api/v1/me").must(204);
}

/// What has come about by itself is written down by the next publish and by the platform's round.
fn scheduled(mira: &Browser, site: &str) {
    let releases = format!("/api/v1/sites/{site}/releases");
    let page = |title: &str| {
        let mut page = body("save_page");
        page["path"] = "/soon".into();
        page["title"] = title.into();
        page
    };
    mira.send("PUT", &format!("/api/v1/sites/{site}/redirects"), json!({"redirects": []})).must(204);
    let soon = format!("/api/v1/sites/{site}/pages/soon");
    mira.send("PUT", &soon, page("Soon")).must(200);
    let at = |hours: u64| crate::clock::text(mira.world.clock.get() + hours * crate::clock::HOUR);
    mira.post(&releases, json!({"pages": ["soon"], "at": at(1)})).must(201);
    mira.post(&releases, json!({"unpublish": ["soon"], "at": at(2)})).must(201);
    mira.world.pass(crate::clock::HOUR);
    mira.post(&releases, json!({"everything": true})).must(201);
}

fn domains(world: &World, mira: &Browser, site: &str) {
    let at = |rest: &str| format!("/api/v1/sites/{site}/{rest}");
    mira.post(&at("domains"), body("claim_domain")).must(201);
    let check = || mira.post(&at("domains/www.bakery.example/check"), json!({})).must(200).value();
    let proof = check()["proof"].clone();
    let answer = json!({"Status": 0, "Answer": [{"type": 16, "data": proof["token"]}]}).to_string();
    let url = "GET https://resolver.example/dns-query?name=_manysite.www.bakery.example&type=TXT";
    world.answers.borrow_mut().insert(url.to_owned(), (200, answer));
    assert_eq!(check()["state"], "pending");
    check();
    mira.delete(&at("domains/www.bakery.example")).must(409);
    world.set("CUSTOM_HOSTS_URL", "https://provider.example/hosts");
    futures::executor::block_on(crate::jobs::after_change(world));
    mira.delete(&at("hosts/www.bakery.example")).must(204);
    futures::executor::block_on(crate::jobs::after_change(world));
}

fn records(world: &World, mira: &Browser, site: &str) {
    let at = |rest: &str| format!("/api/v1/sites/{site}/{rest}");
    mira.get(&at("entities?type=note&include=document")).must(200);
    for sort in ["published_at", "-published_at"] {
        mira.get(&at(&format!("entities?type=note&sort={sort}"))).must(200);
    }
    let restore = mira.request("POST", &at("revisions/entity/one/1/restore")).with("if-match", "\"2\"");
    world.send(&restore).must(200);
    for (base, path) in [(None, "/notes/:slug"), (Some("\"1\""), "/texts/:slug")] {
        let mut detail = crate::tests::publish::page(path, "{title}");
        detail["entity"] = json!("note");
        let save = mira.request("PUT", &at("pages/note")).json(detail);
        world.send(&base.map_or(save.clone(), |base| save.with("if-match", base))).must(200);
        mira.post(&at("releases"), json!({"pages": ["note"]})).must(201);
    }
    let text = body("save_type").to_string().replace("\"code\"", "\"number\"");
    let mut renamed: serde_json::Value = serde_json::from_str(&text).unwrap();
    renamed["renamed"] = json!({"code": "number"});
    let save = mira.request("PUT", &at("types/note")).json(renamed);
    world.send(&save.with("if-match", "\"1\"")).must(200);
    mira.delete(&at("entities/one")).must(204);
    mira.post(&at("entities/one/restore"), json!({})).must(200);
}

/// Copies a site and sends one as a file.
fn sites(world: &World, mira: &Browser, site: &str) {
    let sites = format!("/api/v1/tenants/{}/sites", mira.tenant);
    for from in [json!({"site": site}), json!("file")] {
        world.run_sql("UPDATE tenants SET limits = '{}'");
        let body = json!({"host": from.to_string().len().to_string(), "from": from});
        let new = mira.post(&sites, body).must(201).value()["id"].as_str().unwrap().to_owned();
        if from == "file" {
            let sent = mira.request("PUT", &format!("/api/v1/sites/{new}/content"));
            world.send(&sent.file(&file("import_site"))).must(200);
        }
        futures::executor::block_on(crate::jobs::after_change(world));
        assert_eq!(mira.get(&format!("/api/v1/sites/{new}")).value()["status"], "active");
    }
    assert!(crate::tests::lives::exported(mira, site).len() > 10_000);
    let log = mira.get(&format!("/api/v1/sites/{site}/audit/export")).must(200);
    assert!(!log.sent_later(world).is_empty());
}

/// Files of a site that has a database of its own, with a limit.
fn own_database(world: &World, mira: &Browser) {
    world.run_sql("UPDATE tenants SET limits = '{\"storage\": 1000000000}'");
    let site = make_site(mira, "granary");
    world.run_sql(&format!("UPDATE sites SET database = 'OWN' WHERE id = '{site}'"));
    let assets = format!("/api/v1/sites/{site}/assets");
    let upload = mira.request("POST", &format!("{assets}?name=a.png")).file(&file("upload_asset"));
    let made = world.send(&upload).must(201).value();
    let asset = format!("{assets}/{}", made["id"].as_str().unwrap());
    mira.post(&format!("{asset}/trash"), json!({})).must(200);
    mira.delete(&asset).must(204);
    world.pass(2 * crate::clock::HOUR);
    futures::executor::block_on(crate::jobs::every_minute(world));
    world.run_sql("UPDATE tenants SET limits = '{}'");
}

#[test]
fn no_statement_reads_a_whole_table() {
    let (world, statements) = everything();
    let db = world.db.borrow();
    for sql in statements {
        let mut plan =
            db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap_or_else(|e| panic!("{e}: {sql}"));
        let steps = plan.raw_query();
        let steps: Vec<String> = steps.mapped(|row| row.get(3)).map(Result::unwrap).collect();
        for step in steps {
            let harmless = step.starts_with("SCAN CONSTANT ROW") || step.contains("json_each") || step.starts_with("SCAN w VIRTUAL TABLE")
                // By rowid.
                || step.contains("search VIRTUAL TABLE INDEX 0:=")
                || step.contains("search VIRTUAL TABLE INDEX 192:><");
            assert!(!step.starts_with("SCAN") || harmless, "{step}: {sql}");
        }
    }
}

/// What a statement on these tables binds, when it is no insert.
const BOUND: &[&str] = &[
    "tenant_id = ?1",
    "site_id = ?1",
    "user_id = ?1",
    "user_id = u.id",
    // Of the site that the proof is for.
    "FROM sites WHERE id = ?1",
    "delete_after = ?2, updated_at = ?3 WHERE id = ?1",
    "UPDATE sites SET name = ?2, locales = ?3, updated_at = ?4 WHERE id = ?1",
    "UPDATE sites SET ready = 1, updated_at = ?2 WHERE id = ?1",
    // The platform's own drain.
    "kind = 'fill'",
    "UPDATE sites SET name = ?2, status = ?3, updated_at = ?4 WHERE id = ?1",
    // The question whose answer is the proof.
    "WHERE s.id = ?1 AND m.user_id = ?2",
    "m.tenant_id = ?1 AND m.user_id = ?2",
    // A secret that only its owner has.
    "token_hash = ?1",
    // A credential, which its owner signs with.
    "p.credential_id = ?1 AND u.status = 'active'",
    // A host and its site.
    "host = ?2 AND site_id = ?1",
    "site_id = ?2 AND name = ?3",
    "WHERE m.user_id = ?1",
    // Of the tenant that the proof is for.
    "WHERE t.id = ?1",
    "WHERE s.tenant_id = ?1",
    "tenant_id <> ?1",
    // For the owner of the platform.
    "FROM tenants INDEXED BY tenants_by_creation WHERE (created_at, id) > (?1, ?2)",
    "UPDATE tenants SET status = ?2, plan_id = ?3, limits = ?4, updated_at = ?5, trial_ends_at = ?6, trial_due_at = ?7",
    // The platform's own drain.
    "trial_due_at <= ?1",
    "FROM tenants WHERE id = ?1",
    "UPDATE tenants SET delete_after = ?2 WHERE id = ?1",
    "UPDATE tenants SET status = 'suspended', trial_due_at = NULL, updated_at = ?2 WHERE id = ?1",
    "UPDATE tenants SET trial_due_at = ?2, updated_at = ?3 WHERE id = ?1",
    // Whether anybody has a host is known to the whole world.
    "SELECT 1 FROM hosts WHERE host = ?1",
    // What the provider has said of a host.
    "WHERE host = ?1 AND kind = 'custom'",
    "WHERE host = ?1 AND wanted =",
    "until < ?1",
    // The platform's own clean-up and drains.
    "expires_at < ?1",
    "due_at <= ?1",
    "due_ms <= ?1",
    "next_attempt_at <= ?1",
    "delete_after <= ?1",
];

#[test]
fn every_statement_on_rows_of_a_tenant_is_bound_to_what_was_proven() {
    const TABLES: &[&str] = &[
        "previews",
        "assets",
        "asset_folders",
        "asset_objects",
        "asset_paths",
        "loose_objects",
        "site_storage",
        "storage_holds",
        "tenants",
        "features",
        "usage",
        "roles",
        "templates",
        "invitations",
        "passkeys",
        "confirmations",
        "host_claims",
        "host_quarantine",
        "provider_hosts",
        "kv_writes",
        "sites",
        "hosts",
        "members",
        "member_roles",
        "api_tokens",
        "audit",
        "sessions",
        "outbox",
        "idempotency_keys",
    ];
    let (_, statements) = everything();
    for sql in statements.into_iter().filter(|sql| !sql.starts_with("INSERT INTO") || sql.contains(" FROM "))
    {
        let touches = TABLES
            .iter()
            .any(|t| ["FROM", "UPDATE", "JOIN"].iter().any(|verb| sql.contains(&format!("{verb} {t} "))));
        let platform = sql.contains("WHERE tenant_id = ''");
        assert!(!touches || platform || BOUND.iter().any(|bound| sql.contains(bound)), "{sql}");
    }
}
