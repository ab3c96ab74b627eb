//! Every statement that the routes run: none reads a whole table, and each is kept to a tenant, a site or a person.

use crate::routes::{Handler, ROUTES};
use crate::testing::World;
use crate::tests::isolation::{body, file, fill, furnish, make_assets, make_site};
use serde_json::json;

/// Asks every route once, as somebody who may.
fn everything() -> World {
    let world = World::new();
    {
        let mira = world.sign_up("mira@example.org");
        world.run_sql("UPDATE users SET platform_owner = 1");
        world.set("MAIL_URL", "https://mail.example/");
        world.set("ENVIRONMENT", "development");
        let site = make_site(&mira, "bakery");
        make_assets(&world, &site);
        mira.post(&format!("/api/v1/sites/{site}/hosts"), json!({"name": "second"})).must(201);
        furnish(&mira, &site);
        let email = json!({"email": "mira@example.org"});
        world.send(&crate::testing::request("POST", "/api/v1/password-reset").json(email)).must(202);
        let password = json!({"code": world.code("mira@example.org").unwrap(), "password": "eleven quiet lamps by the quay"});
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
                .replace(&format!("token-{}", mira.user), token["id"].as_str().unwrap());
            let request = mira.request(route.method, &path).with("idempotency-key", route.name);
            let request = if route.file { request.file(&file(route.name)) } else { request };
            let request = if route.body.is_some() { request.json(body(route.name)) } else { request };
            let reply = world.send(&request);
            assert!(reply.status < 500, "{} {}: {}", route.method, path, reply.body);
        }
        world
            .send(&crate::testing::request("POST", "/api/v1/password-reset/confirm").json(password))
            .must(204);
        world.send(&crate::testing::request("GET", "/dev/mailbox")).must(200);
        world.set("SIGN_UP", "invite");
        let invited = json!({"email": "n@example.org", "password": "eleven quiet lamps by the quay", "tenant": "A", "invitation": "x"});
        world.send(&crate::testing::request("POST", "/api/v1/sign-up").json(invited)).must(422);
        world.pass(crate::clock::DAY);
        futures::executor::block_on(crate::jobs::every_minute(&world));
    }
    world
}

#[test]
fn no_statement_reads_a_whole_table() {
    let world = everything();
    let db = world.db.borrow();
    for sql in world.statements.borrow().iter() {
        let mut plan =
            db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap_or_else(|e| panic!("{e}: {sql}"));
        let steps = plan.raw_query();
        let steps: Vec<String> = steps.mapped(|row| row.get(3)).map(Result::unwrap).collect();
        for step in steps {
            let harmless = step.starts_with("SCAN CONSTANT ROW") || step.contains("json_each") || step.starts_with("SCAN w VIRTUAL TABLE")
                // By rowid.
                || step.contains("search VIRTUAL TABLE INDEX 0:=");
            assert!(!step.starts_with("SCAN") || harmless, "{step}: {sql}");
        }
    }
}

/// What a statement on these tables binds, when it is no insert.
const BOUND: [&str; 13] = [
    "tenant_id = ?1",
    "site_id = ?1",
    "user_id = ?1",
    "user_id = u.id",
    // Of the site that the proof is for.
    "FROM sites WHERE id = ?1",
    "UPDATE sites SET name = ?2, status = ?3, updated_at = ?4 WHERE id = ?1",
    // The question whose answer is the proof.
    "WHERE s.id = ?1 AND m.user_id = ?2",
    "m.tenant_id = ?1 AND m.user_id = ?2",
    // A secret that only its owner has.
    "token_hash = ?1",
    // A host and its site.
    "host = ?2 AND site_id = ?1",
    // The platform's own clean-up and drains.
    "expires_at < ?1",
    "due_at <= ?1",
    "next_attempt_at <= ?1",
];

#[test]
fn every_statement_on_rows_of_a_tenant_is_bound_to_what_was_proven() {
    const TABLES: [&str; 14] = [
        "assets",
        "asset_folders",
        "asset_objects",
        "asset_paths",
        "loose_objects",
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
    let world = everything();
    for sql in world.statements.borrow().iter().filter(|sql| !sql.starts_with("INSERT INTO")) {
        let touches = TABLES
            .iter()
            .any(|t| ["FROM", "UPDATE", "JOIN"].iter().any(|verb| sql.contains(&format!("{verb} {t} "))));
        let platform = sql.contains("WHERE tenant_id = ''");
        assert!(!touches || platform || BOUND.iter().any(|bound| sql.contains(bound)), "{sql}");
    }
}
