//! Files from the upload to the end of their bytes.

use crate::access::{self, By, Permission, Person, SiteAccess};
use crate::assets::body::PART;
use crate::clock::{DAY, HOUR};
use crate::http::Reply;
use crate::repo::assets::{self, Found};
use crate::repo::objects;
use crate::stores::{Fault, Stores};
use crate::testing::{Browser, World};
use crate::tests::files::*;
use crate::tests::isolation::make_site;
use futures::executor::block_on;
use serde_json::{Value, json};
use std::collections::BTreeMap;

struct Shop<'w> {
    mira: Browser<'w>,
    path: String,
    site: String,
}

impl<'w> Shop<'w> {
    fn new(world: &'w World) -> Self {
        let mira = world.sign_up("mira@example.org");
        let site = make_site(&mira, "bakery");
        Self { mira, path: format!("/api/v1/sites/{site}/assets"), site }
    }

    fn upload(&self, query: &str, bytes: &[u8]) -> Reply {
        let request = self.mira.request("POST", &format!("{}?{query}", self.path));
        self.mira.world.send(&request.file(bytes))
    }

    /// The id of a new file.
    fn add(&self, query: &str, bytes: &[u8]) -> String {
        self.upload(query, bytes).must(201).value()["id"].as_str().unwrap().to_owned()
    }

    fn send(&self, method: &str, rest: &str, body: Value) -> Reply {
        self.mira.world.send(&self.mira.request(method, &format!("{}/{rest}", self.path)).json(body))
    }

    fn replace(&self, id: &str, bytes: &[u8]) -> Reply {
        let request = self.mira.request("PUT", &format!("{}/{id}/content", self.path));
        self.mira.world.send(&request.file(bytes))
    }

    fn variant(&self, id: &str, width: &str, bytes: &[u8]) -> Reply {
        let request = self.mira.request("PUT", &format!("{}/{id}/variants/{width}", self.path));
        self.mira.world.send(&request.file(bytes))
    }

    fn show(&self, id: &str) -> Value {
        self.mira.get(&format!("{}/{id}", self.path)).must(200).value()
    }

    fn names(&self, query: &str) -> Vec<String> {
        let page = self.mira.get(&format!("{}?{query}", self.path)).must(200).value();
        page["assets"].as_array().unwrap().iter().map(|a| a["path"].as_str().unwrap().to_owned()).collect()
    }

    fn folders(&self) -> Value {
        self.mira.get(&format!("/api/v1/sites/{}/asset-folders", self.site)).must(200).value()["folders"]
            .clone()
    }

    fn access(&self) -> SiteAccess {
        let person = Person { user: self.mira.user.clone(), by: By::Session { id: "s".to_owned() } };
        block_on(access::site(self.mira.world, &person, &self.site, Permission::ReadSite, false)).unwrap()
    }

    fn images(&self, paths: &[&str]) -> BTreeMap<String, Found> {
        let paths: Vec<String> = paths.iter().map(|p| (*p).to_owned()).collect();
        block_on(assets::images(self.mira.world, &self.access(), &paths)).unwrap()
    }

    fn clean_up(&self) {
        block_on(crate::jobs::every_minute(self.mira.world));
    }
}

/// The digest that everything is stored under, made by other means.
fn digest(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes)[..12].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_name_is_one_however_its_letters_are_written() {
    let world = World::new();
    let shop = Shop::new(&world);
    // `ä` as one character and as two; the ending in small and in capital letters.
    let (one, two) = ("K%C3%A4se", "Ka%CC%88se");
    let id = shop.add(&format!("name={two}.PNG&folder={two}"), &png(640, 480));
    assert_eq!(shop.show(&id)["path"], "K\u{e4}se/K\u{e4}se.png");
    shop.upload(&format!("name={one}.png&folder={one}"), &png(640, 480)).must(422);
    for path in ["K\u{e4}se/K\u{e4}se.png", "Ka\u{308}se/Ka\u{308}se.PNG"] {
        assert_eq!(shop.images(&[path]).len(), 1, "{path}");
    }
    assert_eq!(shop.names(&format!("folder={two}")), ["K\u{e4}se/K\u{e4}se.png"]);
    let other = shop.add("name=Other.png", &png(640, 480));
    let renamed = json!({"name": "Ka\u{308}se", "folder": "Ka\u{308}se"});
    shop.send("PATCH", &other, renamed).must(422);
    for hidden in ["%E2%80%AE", "%E2%80%8B", "%E2%81%A6"] {
        shop.upload(&format!("name=a{hidden}gpj.png"), &png(640, 480)).must(422);
        shop.upload(&format!("name=a.png&folder=a{hidden}"), &png(640, 480)).must(422);
    }
}

#[test]
fn a_file_is_stored_under_its_digest_as_what_its_bytes_are() {
    let world = World::new();
    let shop = Shop::new(&world);
    for (name, bytes, kind, media, size) in [
        ("a.png", png(800, 600), "image", "image/png", json!([800, 600])),
        ("b.JPG", jpeg(800, 600, 1), "image", "image/jpeg", json!([800, 600])),
        ("turned.jpeg", jpeg(800, 600, 6), "image", "image/jpeg", json!([600, 800])),
        ("c.webp", webp(320, 200), "image", "image/webp", json!([320, 200])),
        ("d.gif", gif(32, 20), "image", "image/gif", json!([32, 20])),
        ("e.avif", avif(64, 48), "image", "image/avif", json!([64, 48])),
        ("f.svg", SVG.into(), "image", "image/svg+xml", json!([40, 20])),
        ("g.mp4", mp4(), "video", "video/mp4", json!([null, null])),
        ("h.webm", webm(), "video", "video/webm", json!([null, null])),
        ("i.pdf", pdf(), "document", "application/pdf", json!([null, null])),
        ("j.woff2", woff2(), "font", "font/woff2", json!([null, null])),
        ("k.txt", "Öffnungszeiten".into(), "document", "text/plain; charset=utf-8", json!([null, null])),
        ("l.css", "a{color:red}".into(), "style", "text/css; charset=utf-8", json!([null, null])),
        ("m.csv", "a;b\n1;2\n".into(), "document", "application/octet-stream", json!([null, null])),
    ] {
        let made = shop.upload(&format!("name={name}&folder=all"), &bytes).must(201);
        assert_eq!(made.header("etag"), Some("\"1\""));
        let made = made.value();
        let hash = digest(&bytes);
        assert_eq!(
            (&made["kind"], &made["hash"], &made["bytes"]),
            (&json!(kind), &json!(hash), &json!(bytes.len())),
            "{name}"
        );
        assert_eq!(json!([made["width"], made["height"]]), size, "{name}");
        assert_eq!(shop.show(made["id"].as_str().unwrap()), made);
        let objects = world.objects.borrow();
        assert_eq!(objects.whole[&format!("site/{}/{hash}", shop.site)], (media.to_owned(), bytes), "{name}");
    }
    assert!(world.ask("SELECT * FROM loose_objects").is_empty());
}

#[test]
fn a_vector_picture_is_stored_clean_and_what_it_lost_is_told() {
    let world = World::new();
    let shop = Shop::new(&world);
    let bad = SVG.replace("<rect", "<script>alert(1)</script><rect onclick=\"x\"");
    let made = shop.upload("name=logo.svg", bad.as_bytes()).must(201).value();
    assert_eq!(made["removed"], json!(["<script>", "onclick of <rect>"]));
    assert_eq!(made["hash"], digest(SVG.as_bytes()), "digest of what is stored");
    assert_eq!(shop.images(&["logo.svg"])["logo.svg"].ext, "svg");
}

#[test]
fn a_long_file_is_never_held_and_leaves_nothing_but_its_object() {
    let world = World::new();
    let shop = Shop::new(&world);
    let bytes = long_png(PART * 3 + 12_345);
    let made = shop.upload("name=big.png", &bytes).must(201).value();
    let objects = world.objects.borrow();
    let name = format!("site/{}/{}", shop.site, digest(&bytes));
    assert_eq!(objects.whole.keys().collect::<Vec<_>>(), [&name]);
    assert!(objects.whole[&name] == ("image/png".to_owned(), bytes));
    assert_eq!((&made["width"], objects.longest, objects.parts.len()), (&json!(640), PART, 0));
    assert!(world.ask("SELECT * FROM loose_objects").is_empty());
}

#[test]
fn a_crash_at_any_step_of_an_upload_shows_nothing_half_and_the_repeated_request_ends_it() {
    let (short, long) = (png(8, 8), long_png(PART * 2 + 9));
    for bytes in [&short, &long] {
        for step in 0.. {
            let world = World::new();
            let shop = Shop::new(&world);
            world.run_sql("UPDATE tenants SET limits = '{\"storage\": 30000000}'");
            let send = || {
                let request = shop.mira.request("POST", &format!("{}?name=a.png&folder=x", shop.path));
                world.send(&request.with("idempotency-key", "k").file(bytes))
            };
            let rows = |table: &str| {
                world.ask(&format!("SELECT 1 FROM {table} WHERE site_id = '{}'", shop.site)).len()
            };
            world.dies_in.set(Some(step));
            let done = send().status == 201;
            world.dies_in.set(None);
            let seen = [rows("assets"), rows("asset_objects"), rows("asset_folders"), rows("audit")];
            assert_eq!(seen, [usize::from(done); 4], "step {step}");
            assert_eq!(shop.names("").len(), usize::from(done), "step {step}");
            // Whatever is in the bucket without an asset is known, and goes.
            world.pass(2 * HOUR);
            shop.clean_up();
            let kept = if done { vec![format!("site/{}/{}", shop.site, digest(bytes))] } else { vec![] };
            assert_eq!((world.stored(), rows("loose_objects")), (kept, 0), "step {step}");
            let made = send().must(201).value();
            assert_eq!(shop.names(""), ["x/a.png"], "step {step}");
            assert_eq!(made["hash"], digest(bytes));
            // Charged once, whatever was tried.
            let charged = world.ask("SELECT sum(bytes) AS n FROM asset_objects");
            assert_eq!(charged[0]["n"], json!(bytes.len()), "step {step}");
            assert_eq!(rows("audit"), 1, "step {step}");
            if done {
                assert!(step > 6, "{step}");
                break;
            }
        }
    }
}

#[test]
fn the_same_bytes_are_stored_and_charged_once_and_stay_until_the_last_name_goes() {
    let world = World::new();
    let shop = Shop::new(&world);
    let ids = ["a", "b"].map(|folder| shop.add(&format!("name=a.png&folder={folder}"), &png(8, 8)));
    assert_eq!(world.ask("SELECT * FROM asset_objects").len(), 1);
    let end = |id: &str| {
        shop.send("POST", &format!("{id}/trash"), json!({})).must(200);
        shop.mira.delete(&format!("{}/{id}", shop.path)).must(204);
        world.pass(2 * HOUR);
        shop.clean_up();
        world.stored().len()
    };
    assert_eq!((end(&ids[0]), end(&ids[1])), (1, 0));
    assert!(world.ask("SELECT 1 FROM asset_objects UNION ALL SELECT 1 FROM loose_objects").is_empty());
    // And may come back.
    shop.add("name=a.png", &png(8, 8));
    assert_eq!(world.stored().len(), 1);
}

#[test]
fn bytes_that_something_published_names_outlive_their_asset() {
    let world = World::new();
    let shop = Shop::new(&world);
    let id = shop.add("name=a.png", &png(8, 8));
    let hash = digest(&png(8, 8));
    world.run_sql(&format!(
        "INSERT INTO published_records (site_id, kind, hash, body, release) VALUES ('{}', 'page', 'p', '{{\"asset\":\"{hash}\"}}', 1)",
        shop.site
    ));
    shop.send("POST", &format!("{id}/trash"), json!({})).must(200);
    shop.mira.delete(&format!("{}/{id}", shop.path)).must(204);
    for _ in 0..3 {
        world.pass(DAY + HOUR);
        shop.clean_up();
        assert_eq!(world.stored().len(), 1);
    }
    world.run_sql("DELETE FROM published_records");
    world.pass(DAY + HOUR);
    shop.clean_up();
    assert!(world.stored().is_empty());
}

#[test]
fn bytes_that_come_back_while_they_are_loose_stay() {
    let world = World::new();
    let shop = Shop::new(&world);
    let id = shop.add("name=a.png", &png(8, 8));
    shop.send("POST", &format!("{id}/trash"), json!({})).must(200);
    shop.mira.delete(&format!("{}/{id}", shop.path)).must(204);
    // A clean-up that has seen the row, and waits while the file is sent again.
    world.pass(2 * HOUR);
    let seen = block_on(objects::due(&world, 9)).unwrap();
    shop.add("name=b.png", &png(8, 8));
    for loose in &seen {
        block_on(objects::take_away(&world, loose)).unwrap();
    }
    assert_eq!((seen.len(), world.stored().len()), (1, 1));
    // The same, while the upload has only said that it will store the object.
    world.run_sql("DELETE FROM assets; DELETE FROM asset_objects");
    let (object, hash) = (seen[0].text("object"), seen[0].text("hash"));
    let loose = objects::Loose { object: &object, hash: &hash, bytes: 1 };
    assert!(!block_on(objects::announced(&world, &shop.access(), &loose, 0)).unwrap());
    block_on(objects::take_away(&world, &seen[0])).unwrap();
    assert_eq!(world.stored().len(), 1);
    shop.add("name=b.png", &png(8, 8));
    // One that is at work keeps others from storing what it takes away.
    let second = shop.mira.get(&shop.path).value()["assets"][0]["id"].as_str().unwrap().to_owned();
    shop.send("POST", &format!("{second}/trash"), json!({})).must(200);
    shop.mira.delete(&format!("{}/{second}", shop.path)).must(204);
    world.run_sql("UPDATE loose_objects SET claimed_until = '2100-01-01T00:00:00Z'");
    shop.upload("name=c.png", &png(8, 8)).must(503);
}

#[test]
fn lists_are_by_folder_by_name_and_go_on_behind_the_last_row() {
    let world = World::new();
    let shop = Shop::new(&world);
    for n in 0..7u32 {
        world.pass(1000 * u64::from(n % 3));
        shop.add(&format!("name=Loaf-{n}.png&folder=bread"), &png(8 + n, 8));
    }
    shop.add("name=price.txt", b"5 Euro");
    let (mut seen, mut after) = (vec![], String::new());
    loop {
        let page = shop.mira.get(&format!("{}?folder=bread&limit=2{after}", shop.path)).must(200).value();
        seen.extend(
            page["assets"].as_array().unwrap().iter().map(|a| a["name"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={}", next.replace(':', "%3A"));
    }
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((seen.len(), sorted.len()), (7, 7));
    assert_eq!(shop.names("search=LOAF-3"), ["bread/Loaf-3.png"]);
    assert_eq!(shop.names("search=.txt"), ["price.txt"]);
    assert_eq!(shop.names("folder="), ["price.txt"]);
    assert_eq!((shop.names("").len(), shop.names("status=trashed").len()), (8, 0));
    shop.mira.get(&format!("{}?status=x", shop.path)).must(422);
}

#[test]
fn two_people_who_change_a_file_at_once_do_not_overwrite_each_other() {
    let world = World::new();
    let shop = Shop::new(&world);
    let id = shop.add("name=a.png", &png(8, 8));
    let patch = |tag: &str, name: &str| {
        let request = shop.mira.request("PATCH", &format!("{}/{id}", shop.path)).with("if-match", tag);
        world.send(&request.json(json!({"name": name})))
    };
    assert_eq!(patch("\"1\"", "b").must(200).header("etag"), Some("\"2\""));
    let late = patch("\"1\"", "c").must(412);
    assert_eq!((late.header("etag"), shop.show(&id)["name"].clone()), (Some("\"2\""), json!("b.png")));
    patch("*", "d").must(200);
    patch("\"1\", \"3\"", "e.png").must(200);
    let request = shop.mira.request("PUT", &format!("{}/{id}/content", shop.path)).with("if-match", "\"1\"");
    world.send(&request.file(&png(9, 9))).must(412);
    // Between reading and writing: the batch fails as a whole.
    let (before, audit) = (shop.show(&id), world.ask("SELECT 1 FROM audit").len());
    let change = assets::Change {
        id: &id,
        revision: 1,
        name: "z",
        folder: "",
        alt: "{}".to_owned(),
        status: "active",
    };
    let access = shop.access();
    let batch = vec![assets::keep_path(&access, &id), assets::change(&world, &access, &change)];
    let failed = block_on(world.batch("DB", batch)).unwrap_err();
    assert!(matches!(&failed, Fault::Constraint(text) if text.contains("assets.revision")), "{failed}");
    assert_eq!((shop.show(&id), world.ask("SELECT 1 FROM audit").len()), (before, audit));
}

#[test]
fn a_path_is_one_files_and_an_old_path_leads_to_the_file_that_had_it() {
    let world = World::new();
    let shop = Shop::new(&world);
    let id = shop.add("name=Loaf.png&folder=bread", &png(800, 600));
    shop.upload("name=Loaf.png&folder=bread", &png(9, 9)).must(422);
    let other = shop.add("name=other.png&folder=bread", &png(9, 9));
    shop.send("PATCH", &other, json!({"name": "Loaf"})).must(422);
    shop.send("PATCH", &id, json!({"name": "Rye loaf", "folder": "shop/2026", "alt": {"en": "A loaf"}}))
        .must(200);
    let found = shop.images(&["bread/Loaf.png", "shop/2026/Rye loaf.png", "nowhere.png", "no-ending", ""]);
    assert_eq!(found.len(), 2);
    let image = found["bread/Loaf.png"].image.clone().unwrap();
    assert_eq!(
        (found["bread/Loaf.png"].id.as_str(), &*image.name, &*image.ext),
        (id.as_str(), "Rye-loaf", "png")
    );
    assert_eq!((image.width, image.height, found["bread/Loaf.png"].alt["en"].as_str()), (800, 600, "A loaf"));
    // Another file that takes the path has it.
    shop.send("PATCH", &other, json!({"name": "Loaf"})).must(200);
    assert_eq!(shop.images(&["bread/Loaf.png"])["bread/Loaf.png"].id, other);
    // A file in the trash has no path, and gets it back while nobody else took it.
    shop.send("POST", &format!("{other}/trash"), json!({})).must(200);
    assert_eq!(shop.images(&["bread/Loaf.png"])["bread/Loaf.png"].id, id);
    let third = shop.add("name=Loaf.png&folder=bread", &png(10, 10));
    shop.send("POST", &format!("{other}/restore"), json!({})).must(409);
    shop.send("PATCH", &third, json!({"name": "third"})).must(200);
    shop.send("POST", &format!("{other}/restore"), json!({})).must(200);
    // Another site's files are never found.
    let noor = world.sign_up("noor@example.org");
    let foreign = make_site(&noor, "foreign");
    let theirs = Shop { path: format!("/api/v1/sites/{foreign}/assets"), mira: noor, site: foreign };
    assert!(theirs.images(&["bread/Loaf.png", "shop/2026/Rye loaf.png"]).is_empty());
}

#[test]
fn other_bytes_have_another_digest_and_the_same_name() {
    let world = World::new();
    let shop = Shop::new(&world);
    let id = shop.add("name=a.png", &png(800, 600));
    shop.variant(&id, "320", &webp(320, 240)).must(204);
    let after = shop.replace(&id, &png(400, 200)).must(200).value();
    assert_eq!((&after["hash"], &after["revision"]), (&json!(digest(&png(400, 200))), &json!(2)));
    assert_eq!(json!([after["path"], after["width"], after["widths"]]), json!(["a.png", 400, []]));
    assert_eq!(shop.show(&id), after);
    let wrong = shop.replace(&id, &jpeg(4, 4, 1)).must(422);
    assert!(wrong.body.contains("a JPEG picture, but this file is a.png"), "{}", wrong.body);
    world.pass(2 * HOUR);
    shop.clean_up();
    assert_eq!(
        world.stored(),
        [format!("site/{}/{}", shop.site, digest(&png(400, 200)))],
        "the variant went, too"
    );
    // The same bytes again are the same file, and no change of it.
    let again = shop.replace(&id, &png(400, 200)).must(200).value();
    assert_eq!((&again["hash"], &again["revision"]), (&after["hash"], &after["revision"]));
    assert_eq!(shop.show(&id)["revision"], after["revision"]);
    world.pass(2 * HOUR);
    shop.clean_up();
    assert_eq!(world.stored().len(), 1);
}

#[test]
fn a_file_that_is_used_is_not_deleted_and_the_answer_names_the_users() {
    let world = World::new();
    let shop = Shop::new(&world);
    let id = shop.add("name=a.png", &png(8, 8));
    let delete = || shop.mira.delete(&format!("{}/{id}", shop.path));
    assert!(delete().must(409).body.contains("Move it to the trash first"));
    for n in 0..12 {
        world.run_sql(&format!(
            "INSERT INTO uses VALUES ('{}', 'asset', '{id}', 'page', 'p{n:02}')",
            shop.site
        ));
    }
    let uses = shop.mira.get(&format!("{}/{id}/uses?limit=10", shop.path)).must(200).value();
    assert_eq!(
        (&uses["uses"][0], &uses["next"]),
        (&json!({"subject": "page", "id": "p00"}), &json!("page~p09"))
    );
    let rest = shop.mira.get(&format!("{}/{id}/uses?after=page~p09", shop.path)).must(200).value();
    assert_eq!(rest, json!({"uses": [{"subject": "page", "id": "p10"}, {"subject": "page", "id": "p11"}]}));
    shop.send("POST", &format!("{id}/trash"), json!({})).must(200);
    assert!(delete().must(409).body.contains("It is used by page p00, page p01,"));
    // One that begins to be used at the last moment is not deleted either.
    let batch = assets::delete(&shop.access(), &id);
    assert!(matches!(block_on(world.batch("DB", batch)), Err(Fault::Constraint(_))));
    world.run_sql("DELETE FROM uses");
    delete().must(204);
    delete().must(404);
    shop.mira.get(&format!("{}/{id}", shop.path)).must(404);
}

#[test]
fn pages_link_to_widths_that_are_there() {
    let world = World::new();
    let shop = Shop::new(&world);
    let id = shop.add("name=a.png", &png(700, 350));
    assert_eq!(shop.show(&id)["missing_widths"], json!([320, 640, 700]));
    let linked = || shop.images(&["a.png"])["a.png"].image.clone().unwrap().widths;
    for (width, bytes, says) in [
        ("321", webp(321, 160), "expected one of [320, 640, 700]"),
        ("0", webp(320, 160), "expected one of"),
        ("x", webp(320, 160), "expected one of"),
        ("320", webp(319, 160), "319 by 160 pixels: expected 320 by 160"),
        ("320", webp(320, 170), "expected 320 by 160"),
        ("320", png(320, 160), "expected a WebP picture"),
        ("320", pdf(), "expected a WebP picture"),
    ] {
        let reply = shop.variant(&id, width, &bytes).must(422);
        assert!(reply.body.contains(says), "{width}: {}", reply.body);
    }
    shop.variant(&id, "320", &vec![0; PART + 1]).must(413);
    shop.variant(&id, "320", &webp(320, 160)).must(204);
    assert_eq!(linked(), [0; 0], "the original is larger than what is stored");
    shop.variant(&id, "700", &webp(700, 350)).must(204);
    assert_eq!(linked(), [320, 700]);
    assert_eq!(shop.show(&id)["missing_widths"], json!([640]));
    let stored =
        world.objects.borrow().whole[&format!("site/{}/{}-320", shop.site, digest(&png(700, 350)))].clone();
    assert_eq!(stored, ("image/webp".to_owned(), webp(320, 160)));
    // What is stored at a width stays: its address is kept for ever.
    shop.variant(&id, "320", &webp(320, 161)).must(204);
    let key = format!("site/{}/{}-320", shop.site, digest(&png(700, 350)));
    assert_eq!(world.objects.borrow().whole[&key].1, webp(320, 160));
    world.set("IMAGES", "cloudflare");
    assert_eq!(linked(), [320, 640, 700]);
    let vector = shop.add("name=b.svg", SVG.as_bytes());
    assert_eq!(shop.images(&["b.svg"])["b.svg"].image.clone().unwrap().widths, [0; 0]);
    shop.variant(&vector, "320", &webp(320, 160)).must(422);
    let sum = world.ask("SELECT sum(bytes) AS n FROM asset_objects");
    let expected = png(700, 350).len() + webp(320, 160).len() + webp(700, 350).len() + SVG.len();
    assert_eq!(sum[0]["n"], json!(expected));
}

#[test]
fn folders_are_made_moved_with_what_is_in_them_and_deleted_when_empty() {
    let world = World::new();
    let shop = Shop::new(&world);
    let path = format!("/api/v1/sites/{}/asset-folders", shop.site);
    let send = |method: &str, body: Value| world.send(&shop.mira.request(method, &path).json(body));
    send("POST", json!({"folder": "team/2026"})).must(201);
    send("POST", json!({"folder": "team"})).must(422);
    for bad in ["", "/", "a//b", ".."] {
        send("POST", json!({"folder": bad})).must(422);
    }
    let id = shop.add("name=a.png&folder=team/2026/may", &png(8, 8));
    shop.add("name=b.png&folder=teams", &png(9, 9));
    assert_eq!(shop.folders(), json!(["team", "team/2026", "team/2026/may", "teams"]));
    send("PATCH", json!({"folder": "team", "to": "teams"})).must(422);
    send("PATCH", json!({"folder": "team", "to": "team/x"})).must(422);
    send("PATCH", json!({"folder": "nobody", "to": "x"})).must(404);
    send("PATCH", json!({"folder": "team", "to": "people/all"})).must(200);
    let folders = ["people", "people/all", "people/all/2026", "people/all/2026/may", "teams"];
    assert_eq!(shop.folders(), json!(folders));
    assert_eq!(
        (shop.show(&id)["path"].clone(), shop.show(&id)["revision"].clone()),
        (json!("people/all/2026/may/a.png"), json!(2))
    );
    assert_eq!(shop.images(&["team/2026/may/a.png"])["team/2026/may/a.png"].id, id);
    let delete = |folder: &str| shop.mira.delete(&format!("{path}?folder={folder}")).status;
    assert_eq!(
        (delete("people/all"), delete("people/all/2026/may"), delete("team"), delete("")),
        (409, 409, 404, 422)
    );
    shop.send("PATCH", &id, json!({"folder": ""})).must(200);
    assert_eq!((delete("people/all/2026/may"), delete("people/all/2026/may")), (204, 404));
    let page = shop.mira.get(&format!("{path}?limit=2")).must(200).value();
    assert_eq!(page, json!({"folders": ["people", "people/all"], "next": "people/all"}));
}

#[test]
fn the_statement_that_finds_files_by_path_reads_no_whole_table() {
    let world = World::new();
    let shop = Shop::new(&world);
    world.statements.borrow_mut().clear();
    shop.images(&["a/b.png"]);
    let statements = world.statements.borrow().clone();
    let sql = statements.iter().find(|sql| sql.contains("asset_paths")).unwrap();
    let db = world.db.borrow();
    let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let steps: Vec<String> = plan.raw_query().mapped(|row| row.get(3)).map(Result::unwrap).collect();
    assert!(
        steps
            .iter()
            .any(|step| step.contains("assets_by_path (site_id=? AND folder=? AND name=? AND ext=?)")),
        "{steps:?}"
    );
    for step in &steps {
        assert!(!step.starts_with("SCAN") || step.contains("SCAN p "), "{step}");
    }
}

#[test]
fn a_heavy_page_is_warned_about_before_it_is_published() {
    let world = World::new();
    let desk = crate::tests::publish::Desk::new(&world);
    let upload = |name: &str, bytes: usize| {
        let path = desk.path(&format!("/assets?name={name}"));
        world.send(&desk.who.request("POST", &path).file(&long_png(bytes))).must(201).value()
    };
    upload("large.png", 1_700_000);
    let home = |file: &str| {
        let mut home = crate::tests::publish::page("/", "Home");
        home["sections"][0]["props"]["image"] = json!({"file": file, "alt": "A loaf"});
        home
    };
    let warned = || {
        let report =
            desk.who.post(&desk.path("/releases/check"), json!({"everything": true})).must(200).value();
        let mine = report["warnings"].as_array().unwrap().iter();
        mine.filter(|w| w["path"] == "pages/home: sections").map(|w| w["message"].clone()).collect::<Vec<_>>()
    };
    desk.put("/pages/home", None, home("large.png")).must(200);
    let message = warned()[0].as_str().unwrap().to_owned();
    assert!(message.contains("and the picture large.png 1661 KiB"), "{message}");
    upload("small.png", 100_000);
    desk.put("/pages/home", Some(1), home("small.png")).must(200);
    assert_eq!(warned(), Vec::<Value>::new());
    desk.publish(json!({"everything": true})).must(201);
}
