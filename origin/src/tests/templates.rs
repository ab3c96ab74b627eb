//! Pages to start from.

use crate::testing::{Browser, World};
use crate::tests::isolation::{body, make_site};
use serde_json::{Value, json};

fn of_tenant(mira: &Browser, rest: &str) -> String {
    format!("/api/v1/tenants/{}/templates{rest}", mira.tenant)
}

fn make(mira: &Browser, site: &str, more: Value) -> crate::http::Reply {
    let mut page = json!({"path": "/new", "locale": "en", "title": "New & \"bold\""});
    page.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    mira.post(&format!("/api/v1/sites/{site}/pages"), page)
}

#[test]
fn every_template_of_the_product_makes_a_page_that_can_be_published() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = make_site(&mira, "bakery");
    let at = |rest: &str| format!("/api/v1/sites/{site}{rest}");
    mira.send("PUT", &at("/types/note"), body("save_type")).must(200);
    let detail = json!({"locale": "en", "path": "/notes/:slug", "title": "{title}", "description": "{summary}", "entity": "note",
        "sections": [{"component": "hero", "props": {"title": "A note"}}]});
    mira.send("PUT", &at("/pages/note"), detail).must(200);
    let all = mira.get(&of_tenant(&mira, "")).must(200).value();
    assert_eq!(all.as_array().unwrap().len(), intake::starts::PAGES.len());
    for template in all.as_array().unwrap() {
        let id = template["id"].as_str().unwrap();
        let path = if id == "blank" { "/".to_owned() } else { format!("/{id}") };
        let kind = (template["of_type"] == true).then_some("note");
        let made =
            make(&mira, &site, json!({"template": id, "path": path, "id": id, "type": kind})).must(201);
        assert_eq!(made.header("location"), Some(at(&format!("/pages/{id}")).as_str()));
        let page = mira.get(&at(&format!("/pages/{id}"))).must(200).body;
        assert!(!page.contains("{title}") && !page.contains("{site}") && !page.contains("{type}"), "{page}");
    }
    // Contact leads somewhere, and so does the landing page.
    let problems = mira
        .post(&at("/releases/check"), json!({"pages": ["blank", "faq", "list", "note"]}))
        .must(200)
        .value();
    assert_eq!(problems["problems"], json!([]), "{problems}");
}

#[test]
fn a_tenant_keeps_templates_of_its_own_and_no_other_tenant_sees_them() {
    let world = World::new();
    let (mira, noor) = (world.sign_up("mira@example.org"), world.sign_up("noor@example.org"));
    let (site, other) = (make_site(&mira, "one"), make_site(&noor, "two"));
    let own = of_tenant(&mira, "/opening");
    let saved = mira.send("PUT", &own, body("save_template")).must(200).value();
    assert_eq!((&saved["built_in"], &saved["of_type"]), (&json!(false), &json!(false)));
    assert_eq!(mira.get(&own).must(200).value(), saved);
    let made = make(&mira, &site, json!({"template": "opening"})).must(201).value();
    let page = mira.get(&format!("/api/v1/sites/{site}/pages/{}", made["id"].as_str().unwrap())).value();
    assert_eq!(page["document"]["sections"][0]["props"]["title"], "New & \"bold\"");
    assert_eq!(page["document"]["description"], "Of one.");
    noor.get(&of_tenant(&noor, "/opening")).must(404);
    make(&noor, &other, json!({"template": "opening"})).must(422);
    mira.delete(&own).must(204);
    mira.get(&own).must(404);
    mira.get(&format!("/api/v1/sites/{site}/pages/{}", made["id"].as_str().unwrap())).must(200);
    for id in ["faq", "blank"] {
        mira.send("PUT", &of_tenant(&mira, &format!("/{id}")), body("save_template")).must(409);
        mira.delete(&of_tenant(&mira, &format!("/{id}"))).must(409);
    }
}

#[test]
fn what_is_wrong_with_a_page_from_a_template_or_a_template_is_named_by_path() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = make_site(&mira, "bakery");
    make(&mira, &site, json!({"template": "faq", "id": "faq"})).must(201);
    make(&mira, &site, json!({"template": "faq", "path": "/other", "id": "faq"})).must(409);
    for (more, at) in [
        (json!({"template": "nothing"}), "template"),
        (json!({"template": "list"}), "type"),
        (json!({"template": "list", "type": "note"}), "type"),
        (json!({"template": "faq", "id": "No id"}), "id"),
        (json!({"template": "faq"}), "path"),
        (json!({"template": "faq", "path": "other"}), "path"),
        (json!({"template": "faq", "path": "/ar/other", "locale": "ar"}), "locale"),
        (json!({"template": "faq", "path": "/other", "title": ""}), "title"),
    ] {
        let refused = make(&mira, &site, more.clone()).must(422).value();
        assert_eq!(refused["problems"][0]["path"], at, "{more}: {refused}");
    }
    for (change, at) in [
        (json!({"name": " "}), "name"),
        (json!({"document": {"description": "", "sections": []}}), "document.description"),
        (json!({"document": {"description": "x", "sections": ["hero"]}}), "document.sections[0]"),
        (json!({"document": {"description": "x", "sections": [], "path": "/"}}), "document.path"),
    ] {
        let mut template = body("save_template");
        template.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = mira.send("PUT", &of_tenant(&mira, "/own"), template).must(422).value();
        assert_eq!(refused["problems"][0]["path"], at, "{refused}");
    }
}
