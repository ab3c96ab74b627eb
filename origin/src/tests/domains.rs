//! Own domains: claim, proof, certificate, release.

use crate::clock::{DAY, HOUR, MINUTE};
use crate::testing::{Browser, World};
use crate::tests::isolation::make_site;
use serde_json::{Value, json};

const HOST: &str = "www.bakery.example";

struct Stage<'w> {
    world: &'w World,
    mira: Browser<'w>,
    site: String,
}

impl<'w> Stage<'w> {
    fn new(world: &'w World) -> Self {
        let mira = world.sign_up("mira@example.org");
        let site = make_site(&mira, "bakery");
        Self { world, mira, site }
    }

    fn at(&self, rest: &str) -> String {
        format!("/api/v1/sites/{}/{rest}", self.site)
    }

    fn claim(&self, method: &str) -> Value {
        let body = json!({"host": HOST, "method": method});
        self.mira.post(&self.at("domains"), body).must(201).value()
    }

    fn check(&self) -> Value {
        self.mira.post(&self.at(&format!("domains/{HOST}/check")), json!({})).must(200).value()
    }

    fn state(&self) -> Value {
        self.mira.get(&self.at("domains")).must(200).value()[0].clone()
    }

    /// Claims and proves the host.
    fn prove(&self) {
        let token = self.claim("dns")["proof"]["token"].as_str().unwrap().to_owned();
        resolve(self.world, json!([{"type": 16, "data": token}]));
        assert_eq!(self.check()["state"], "pending");
    }
}

fn answer(world: &World, request: &str, status: u16, body: impl Into<String>) {
    world.answers.borrow_mut().insert(request.to_owned(), (status, body.into()));
}

fn resolve(world: &World, answers: Value) {
    let url = format!("GET https://resolver.example/dns-query?name=_manysite.{HOST}&type=TXT");
    answer(world, &url, 200, json!({"Status": 0, "Answer": answers}).to_string());
}

fn settle(world: &World) {
    futures::executor::block_on(crate::jobs::after_change(world));
}

#[test]
fn a_text_record_with_the_token_of_the_claim_proves_a_domain() {
    let world = World::new();
    let stage = Stage::new(&world);
    let claim = stage.claim("dns");
    assert_eq!(
        (&claim["state"], &claim["proof"]["at"]),
        (&json!("claimed"), &json!("_manysite.www.bakery.example"))
    );
    let token = claim["proof"]["token"].as_str().unwrap().to_owned();
    assert!(claim["next"].as_str().unwrap().contains(&token));
    world.run_sql("DELETE FROM kv_writes");
    resolve(
        &world,
        json!([{"type": 5, "data": "elsewhere.example"}, {"type": 16, "data": "\"other\""}, {"type": 16, "data": format!("\"{}\" \"{}\"", &token[..9], &token[9..])}]),
    );
    let proven = stage.check();
    assert_eq!((&proven["state"], &proven["proof"]), (&json!("pending"), &Value::Null));
    assert!(proven["next"].as_str().unwrap().contains("point www.bakery.example to localhost by a CNAME"));
    settle(&world);
    let done = stage.state();
    assert_eq!((&done["state"], &done["next"]), (&json!("active"), &Value::Null));
    let wishes = world.ask("SELECT key, wanted FROM kv_writes");
    assert_eq!(wishes, [json!({"key": "host/www.bakery.example", "wanted": 1})]);
    let hosts = stage.mira.get(&stage.at("hosts")).value();
    assert_eq!((&hosts[1]["host"], &hosts[1]["kind"]), (&json!(HOST), &json!("custom")));
}

#[test]
fn a_file_with_the_token_proves_a_domain_and_a_redirect_does_not() {
    let world = World::new();
    let stage = Stage::new(&world);
    let token = stage.claim("http")["proof"]["token"].as_str().unwrap().to_owned();
    let file = format!("GET http://{HOST}/.well-known/manysite");
    for (status, body, said) in [
        (0, "", "did not answer"),
        (404, "", "answered 404"),
        (301, "", "redirects"),
        (200, "<html>", "has \"<html>\" and not the token"),
        (200, &"x".repeat(100_000), "and not the token"),
    ] {
        answer(&world, &file, status, body);
        let found = stage.check();
        assert_eq!(found["state"], "claimed");
        assert!(found["problem"].as_str().unwrap().contains(said), "{found}");
        assert!(found["proof"]["checked_at"].is_string());
        world.pass(MINUTE);
    }
    assert!(
        world.asked.borrow().iter().all(|asked| asked.max_bytes <= 16_384 && asked.milliseconds <= 5_000)
    );
    answer(&world, &file, 200, format!("{token}\n"));
    assert_eq!(stage.check()["state"], "pending");
}

#[test]
fn what_keeps_a_proof_from_being_seen_is_said_in_words() {
    let world = World::new();
    let stage = Stage::new(&world);
    let token = stage.claim("dns")["proof"]["token"].clone();
    let url = format!("GET https://resolver.example/dns-query?name=_manysite.{HOST}&type=TXT");
    for (status, body, said) in [
        (0, "".to_owned(), "could not be looked up (no answer)"),
        (500, "".to_owned(), "the resolver answered 500"),
        (200, json!({"Status": 0, "Answer": [{"type": 5, "data": token}]}).to_string(), "no TXT record"),
        (200, "{".to_owned(), "cannot be read"),
        (200, json!({"Status": 2}).to_string(), "name servers fail (DNS code 2)"),
        (200, json!({"Status": 3}).to_string(), "no TXT record at _manysite.www.bakery.example yet"),
        (
            200,
            json!({"Status": 0, "Answer": [{"type": 16, "data": "\"a\u{7}b\""}]}).to_string(),
            "has \"ab\" and not",
        ),
    ] {
        answer(&world, &url, status, body);
        let found = stage.check();
        assert!(found["problem"].as_str().unwrap().contains(said), "{found}");
        assert_eq!(stage.state()["problem"], found["problem"]);
        world.pass(MINUTE);
    }
}

#[test]
fn a_claim_expires_and_a_new_one_has_a_new_token() {
    let world = World::new();
    let stage = Stage::new(&world);
    let first = stage.claim("dns")["proof"]["token"].clone();
    resolve(&world, json!([{"type": 16, "data": first}]));
    world.pass(7 * DAY);
    let late = stage.check();
    assert_eq!(late["state"], "expired");
    assert!(late["next"].as_str().unwrap().contains("Claim the domain again"));
    let second = stage.claim("dns")["proof"]["token"].clone();
    assert_ne!(first, second);
    assert_eq!(stage.check()["state"], "claimed", "the old token proves nothing");
    resolve(&world, json!([{"type": 16, "data": second}]));
    assert_eq!(stage.check()["state"], "pending");
}

#[test]
fn the_first_of_several_sites_to_prove_a_domain_gets_it() {
    let world = World::new();
    let stage = Stage::new(&world);
    let noor = world.sign_up("noor@example.org");
    let other = make_site(&noor, "other");
    let at = |rest: &str| format!("/api/v1/sites/{other}/{rest}");
    let body = json!({"host": HOST, "method": "dns"});
    let theirs = noor.post(&at("domains"), body.clone()).must(201).value()["proof"]["token"].clone();
    stage.prove();
    resolve(&world, json!([{"type": 16, "data": theirs}]));
    noor.post(&at(&format!("domains/{HOST}/check")), json!({})).must(409);
    noor.post(&at("domains"), body).must(409);
    assert_eq!(world.ask("SELECT site_id FROM hosts WHERE kind = 'custom'")[0]["site_id"], stage.site);
}

#[test]
fn a_claim_that_is_renewed_while_it_is_checked_proves_nothing() {
    let world = World::new();
    let stage = Stage::new(&world);
    let token = stage.claim("dns")["proof"]["token"].clone();
    resolve(&world, json!([{"type": 16, "data": token}]));
    world.before_batch.replace(Some((
        "INSERT INTO guards (rule) SELECT 'claim_gone'",
        "UPDATE host_claims SET token = 'another'".to_owned(),
    )));
    stage.mira.post(&stage.at(&format!("domains/{HOST}/check")), json!({})).must(409);
    assert!(world.ask("SELECT 1 FROM hosts WHERE kind = 'custom'").is_empty());
}

#[test]
fn what_is_no_public_name_cannot_be_claimed() {
    let world = World::new();
    let stage = Stage::new(&world);
    world.set("PLATFORM_HOST", "sites.company");
    world.set("ADMIN_HOST", "admin.localhost");
    world.set("RESERVED_DOMAINS_ALLOWED", "");
    for host in [
        "",
        "localhost",
        "bakery",
        "127.0.0.1",
        "10.0.0.1",
        "1.2.3",
        "[::1]",
        "::1",
        "a.localhost",
        "a.local",
        "a.test",
        "a.example",
        "a.internal",
        "a.onion",
        "1.0.0.10.in-addr.arpa",
        "example.com",
        "www.example.org",
        "sites.company",
        "x.sites.company",
        "a b.de",
        "http://a.de",
        "a.de/x",
        "*.a.de",
        "a..de",
    ] {
        let reply =
            stage.mira.post(&stage.at("domains"), json!({"host": host, "method": "dns"})).must(422).value();
        assert_eq!(reply["problems"][0]["path"], "host", "{host}");
    }
    for host in ["WWW.Bakery.Bread", "a.xn--bcher-kva", "notsites.company", "3.14.museum"] {
        let made =
            stage.mira.post(&stage.at("domains"), json!({"host": host, "method": "dns"})).must(201).value();
        assert_eq!(made["host"], host.to_lowercase());
    }
    world.set("RESERVED_DOMAINS_ALLOWED", "test");
    stage.mira.post(&stage.at("domains"), json!({"host": "a.test", "method": "dns"})).must(201);
}

#[test]
fn a_released_host_is_kept_for_its_tenant_for_14_days() {
    let world = World::new();
    let stage = Stage::new(&world);
    let noor = world.sign_up("noor@example.org");
    let other = make_site(&noor, "other");
    stage.prove();
    settle(&world);
    world.run_sql("DELETE FROM kv_writes");
    stage.mira.delete(&stage.at(&format!("hosts/{HOST}"))).must(204);
    assert_eq!(world.ask("SELECT key FROM kv_writes")[0]["key"], "host/www.bakery.example");
    let at = |rest: &str| format!("/api/v1/sites/{other}/{rest}");
    let claim = || {
        let body = json!({"host": HOST, "method": "dns"});
        let token = noor.post(&at("domains"), body).must(201).value()["proof"]["token"].clone();
        resolve(&world, json!([{"type": 16, "data": token}]));
        noor.post(&at(&format!("domains/{HOST}/check")), json!({}))
    };
    claim().must(409);
    world.pass(14 * DAY - HOUR);
    claim().must(409);
    world.pass(2 * HOUR);
    claim().must(200);
}

#[test]
fn the_last_tenant_of_a_host_has_it_back_at_once() {
    let world = World::new();
    let stage = Stage::new(&world);
    stage.prove();
    stage.mira.delete(&stage.at(&format!("hosts/{HOST}"))).must(204);
    stage.prove();
    assert!(world.ask("SELECT 1 FROM host_quarantine").is_empty());
    // Names below the platform's domain are kept as well.
    stage.mira.post(&stage.at("hosts"), json!({"name": "bread"})).must(201);
    stage.mira.delete(&stage.at("hosts/bread.localhost")).must(204);
    let noor = world.sign_up("noor@example.org");
    let body = json!({"name": {"en": "B"}, "locales": ["en"], "host": "bread"});
    let refused = noor.post(&format!("/api/v1/tenants/{}/sites", noor.tenant), body).must(409);
    assert!(refused.body.contains("14 days"), "{}", refused.body);
    stage.mira.post(&stage.at("hosts"), json!({"name": "bread"})).must(201);
}

#[test]
fn a_domain_is_primary_when_it_has_its_certificate() {
    let world = World::new();
    let stage = Stage::new(&world);
    stage.prove();
    let primary = stage.at(&format!("hosts/{HOST}/primary"));
    stage.mira.post(&primary, json!({})).must(409);
    settle(&world);
    world.run_sql("DELETE FROM kv_writes");
    stage.mira.post(&primary, json!({})).must(204);
    let wishes = world.ask("SELECT key FROM kv_writes ORDER BY key");
    assert_eq!(wishes, [json!({"key": "host/bakery.localhost"}), json!({"key": "host/www.bakery.example"})]);
}

#[test]
fn the_limit_of_domains_counts_proven_ones() {
    let world = World::new();
    let stage = Stage::new(&world);
    world.run_sql("UPDATE tenants SET limits = '{\"domains\": 0}'");
    let token = stage.claim("dns")["proof"]["token"].clone();
    resolve(&world, json!([{"type": 16, "data": token}]));
    let refused = stage.mira.post(&stage.at(&format!("domains/{HOST}/check")), json!({})).must(409).value();
    assert_eq!(refused["type"], "/problems/plan-limit");
    world.run_sql("UPDATE tenants SET limits = '{\"domains\": 1}'");
    assert_eq!(stage.check()["state"], "pending");
}

#[test]
fn a_claim_is_withdrawn_and_a_proven_domain_is_not_a_claim() {
    let world = World::new();
    let stage = Stage::new(&world);
    stage.claim("dns");
    let at = stage.at(&format!("domains/{HOST}"));
    stage.mira.delete(&at).must(204);
    stage.mira.delete(&at).must(404);
    stage.mira.post(&stage.at(&format!("domains/{HOST}/check")), json!({})).must(404);
    stage.prove();
    stage.mira.delete(&at).must(409);
}

#[test]
fn checks_are_few() {
    let world = World::new();
    let stage = Stage::new(&world);
    stage.claim("dns");
    let check = || stage.mira.post(&stage.at(&format!("domains/{HOST}/check")), json!({})).status;
    assert!((0..20).all(|_| check() == 200));
    assert_eq!(check(), 429);
}

const PROVIDER: &str = "https://provider.example/hosts";

fn provider(world: &World) {
    world.set("CUSTOM_HOSTS_URL", PROVIDER);
    world.set("CUSTOM_HOSTS_TOKEN", "secret");
}

fn says(host: &str, ssl: &str) -> String {
    let errors = json!([{"message": "caa record forbids issuance"}]);
    json!({"success": true, "result": {"id": "h1", "hostname": HOST, "status": host, "ssl": {"status": ssl, "validation_errors": errors}}}).to_string()
}

#[test]
fn the_provider_is_told_of_a_domain_and_asked_until_it_is_ready() {
    let world = World::new();
    provider(&world);
    let stage = Stage::new(&world);
    answer(&world, &format!("GET {PROVIDER}?hostname={HOST}"), 200, json!({"result": []}).to_string());
    answer(&world, &format!("POST {PROVIDER}"), 201, says("pending", "pending_validation"));
    stage.prove();
    settle(&world);
    let told = stage.state();
    assert_eq!(
        (&told["state"], &told["problem"]),
        (&json!("pending"), &json!("caa record forbids issuance"))
    );
    let sent = world.asked.borrow().last().cloned().unwrap();
    assert!(sent.headers.contains(&("authorization", "Bearer secret".to_owned())));
    assert_eq!(serde_json::from_str::<Value>(&sent.body).unwrap()["hostname"], HOST);
    answer(&world, &format!("GET {PROVIDER}/h1"), 200, says("active", "active"));
    let asked = world.asked.borrow().len();
    settle(&world);
    assert_eq!(world.asked.borrow().len(), asked, "not before its time");
    world.pass(2 * MINUTE);
    settle(&world);
    let done = stage.state();
    assert_eq!((&done["state"], &done["problem"]), (&json!("active"), &Value::Null));
    world.pass(DAY);
    let asked = world.asked.borrow().len();
    settle(&world);
    assert_eq!(world.asked.borrow().len(), asked, "nothing is left to ask");
    stage.mira.delete(&stage.at(&format!("hosts/{HOST}"))).must(204);
    answer(&world, &format!("DELETE {PROVIDER}/h1"), 200, "{}");
    settle(&world);
    assert_eq!(world.asked.borrow().last().unwrap().method, "DELETE");
    assert!(world.ask("SELECT 1 FROM provider_hosts").is_empty());
}

#[test]
fn a_provider_that_fails_is_asked_again_later_and_one_that_gave_up_when_a_person_says_so() {
    let world = World::new();
    provider(&world);
    let stage = Stage::new(&world);
    stage.prove();
    let find = format!("GET {PROVIDER}?hostname={HOST}");
    answer(&world, &find, 500, "");
    settle(&world);
    assert_eq!(stage.state()["state"], "pending");
    assert!(world.logged.borrow().last().unwrap().contains("answered 500"));
    // It had been made by a request whose answer was lost.
    answer(&world, &find, 200, json!({"result": [serde_json::from_str::<Value>(&says("pending", "validation_timed_out")).unwrap()["result"]]}).to_string());
    world.pass(2 * MINUTE);
    settle(&world);
    let failed = stage.state();
    assert_eq!(
        (&failed["state"], &failed["problem"]),
        (&json!("failed"), &json!("caa record forbids issuance"))
    );
    world.pass(DAY);
    let asked = world.asked.borrow().len();
    settle(&world);
    assert_eq!(world.asked.borrow().len(), asked, "a person has to do something first");
    answer(&world, &format!("PATCH {PROVIDER}/h1"), 200, says("active", "active"));
    assert_eq!(stage.check()["state"], "failed");
    settle(&world);
    assert_eq!(stage.state()["state"], "active");
}

#[test]
fn a_host_that_is_given_back_before_the_provider_knew_it_is_taken_down_there_as_well() {
    let world = World::new();
    provider(&world);
    let stage = Stage::new(&world);
    stage.prove();
    stage.mira.delete(&stage.at(&format!("hosts/{HOST}"))).must(204);
    answer(
        &world,
        &format!("GET {PROVIDER}?hostname={HOST}"),
        200,
        json!({"result": [{"id": "h9", "hostname": HOST}]}).to_string(),
    );
    answer(&world, &format!("DELETE {PROVIDER}/h9"), 404, "");
    settle(&world);
    assert_eq!(world.asked.borrow().last().unwrap().url, format!("{PROVIDER}/h9"));
    assert!(world.ask("SELECT 1 FROM provider_hosts").is_empty());
}
