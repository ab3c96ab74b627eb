//! The room that a plan has for the files of a tenant, over all its sites.

use crate::clock::{DAY, HOUR, MINUTE};
use crate::http::Reply;
use crate::jobs::{after_change, every_minute};
use crate::testing::{Browser, World};
use crate::tests::files::png;
use crate::tests::isolation::make_site;
use futures::executor::block_on;
use serde_json::{Value, json};

struct Agency<'w> {
    mira: Browser<'w>,
    sites: [String; 2],
}

impl<'w> Agency<'w> {
    fn new(world: &'w World) -> Self {
        let mira = world.sign_up("mira@example.org");
        let sites = ["bakery", "mill"].map(|name| make_site(&mira, name));
        Self { mira, sites }
    }

    /// The second site has a database of its own.
    fn with_own(world: &'w World) -> Self {
        let agency = Self::new(world);
        world.run_sql(&format!("UPDATE sites SET database = 'OWN' WHERE id = '{}'", agency.sites[1]));
        agency
    }

    fn upload(&self, site: usize, name: &str, bytes: &[u8]) -> Reply {
        let path = format!("/api/v1/sites/{}/assets?name={name}", self.sites[site]);
        self.mira.world.send(&self.mira.request("POST", &path).file(bytes))
    }

    fn add(&self, site: usize, name: &str, bytes: &[u8]) -> String {
        let id = self.upload(site, name, bytes).must(201).value()["id"].as_str().unwrap().to_owned();
        format!("/api/v1/sites/{}/assets/{id}", self.sites[site])
    }

    fn delete(&self, file: &str) {
        self.mira.post(&format!("{file}/trash"), json!({})).must(200);
        self.mira.delete(file).must(204);
    }

    fn limit(&self, bytes: usize) {
        self.mira.world.run_sql(&format!("UPDATE tenants SET limits = '{{\"storage\": {bytes}}}'"));
    }

    fn used(&self) -> usize {
        let usage = self.mira.get(&format!("/api/v1/tenants/{}/usage", self.mira.tenant)).must(200).value();
        let of = usage.as_array().unwrap().iter().find(|amount| amount["metric"] == "storage").unwrap();
        of["used"].as_u64().unwrap() as usize
    }

    /// What stands in the bucket, of all sites.
    fn stored(&self) -> usize {
        self.mira.world.objects.borrow().whole.values().map(|(_, bytes)| bytes.len()).sum()
    }
}

fn round(world: &World) {
    block_on(every_minute(world));
}

#[test]
fn the_files_of_all_sites_share_the_room_of_the_tenant() {
    for own in [false, true] {
        let world = World::new();
        let agency = if own { Agency::with_own(&world) } else { Agency::new(&world) };
        let one = png(8, 8).len();
        agency.limit(2 * one + one / 2);
        agency.add(0, "a.png", &png(8, 8));
        let second = agency.add(1, "a.png", &png(8, 8));
        for site in [0, 1] {
            let full = agency.upload(site, "b.png", &png(9, 9)).must(409).value();
            assert_eq!(full["type"], "/problems/plan-limit");
            let said = format!("Limit of storage: {} bytes; in use: {} bytes.", 2 * one + one / 2, 2 * one);
            assert!(full["detail"].as_str().unwrap().starts_with(&said), "{full}");
            assert!(agency.mira.world.logged.borrow().is_empty());
        }
        // A file that goes for good makes room, on whichever site it was.
        agency.delete(&second);
        world.pass(2 * MINUTE);
        round(&world);
        agency.add(0, "b.png", &png(9, 9));
        agency.upload(1, "b.png", &png(9, 9)).must(409);
        assert_eq!(agency.used(), 2 * one);
        // Others have their own.
        let noor = world.sign_up("noor@example.org");
        let other = make_site(&noor, "other");
        let path = format!("/api/v1/sites/{other}/assets?name=a.png");
        world.send(&noor.request("POST", &path).file(&png(8, 8))).must(201);
        assert_eq!(agency.used(), 2 * one);
    }
}

#[test]
fn the_last_room_goes_to_one_of_two_uploads_on_two_sites() {
    let one = png(8, 8).len();
    for (mine, theirs) in [(0, 1), (1, 0), (1, 1)] {
        let world = World::new();
        let agency = Agency::with_own(&world);
        agency.limit(one + one / 2);
        // Another upload, begun after this one has looked whether there is room.
        let row = |table: &str, bytes: &str| {
            format!(
                "INSERT INTO {table} (site_id, object, {bytes}, due_at) VALUES ('{}', 'upload/x', '', {one}, '2100-01-01T00:00:00Z')",
                agency.sites[theirs]
            )
        };
        let other = match theirs {
            0 => row("loose_objects", "hash, reserved"),
            _ => row("storage_holds", "bytes").replace("'', ", ""),
        };
        let before = if mine == 0 { "INSERT INTO loose_objects" } else { "INSERT INTO storage_holds" };
        *world.before_batch.borrow_mut() = Some((before, other));
        let full = agency.upload(mine, "a.png", &png(8, 8)).must(409).value();
        let said = format!("in use: {one} bytes.");
        assert!(full["detail"].as_str().unwrap().contains(&said), "{mine} {theirs}: {full}");
        assert_eq!(agency.stored(), 0);
    }
}

#[test]
fn what_an_upload_reserved_that_broke_off_counts_for_an_hour() {
    for own in [false, true] {
        let world = World::new();
        let agency = if own { Agency::with_own(&world) } else { Agency::new(&world) };
        let one = png(8, 8).len();
        agency.limit(one + one / 2);
        for dies_in in 0.. {
            world.dies_in.set(Some(dies_in));
            let reply = agency.upload(1, "a.png", &png(8, 8));
            world.dies_in.set(None);
            // Whatever was cut off: never less than what is stored.
            assert!(agency.used() >= agency.stored() && agency.used() <= 2 * one, "{own} {dies_in}");
            if reply.status == 201 {
                assert!(dies_in > 4);
                break;
            }
            world.pass(HOUR + MINUTE);
            round(&world);
            assert_eq!(agency.used(), 0, "{own} {dies_in}");
            world.run_sql("DELETE FROM loose_objects");
            world.own.borrow().execute_batch("DELETE FROM loose_objects").unwrap();
            world.objects.borrow_mut().whole.clear();
        }
        world.pass(HOUR + MINUTE);
        round(&world);
        assert_eq!(agency.used(), one);
    }
}

#[test]
fn replaced_bytes_and_widths_of_pictures_count_and_equal_bytes_count_once() {
    for own in [false, true] {
        let world = World::new();
        let agency = if own { Agency::with_own(&world) } else { Agency::new(&world) };
        let file = agency.add(1, "a.png", &png(8, 8));
        agency.add(1, "b.png", &png(8, 8));
        let settled = || {
            world.pass(HOUR + MINUTE);
            round(&world);
            agency.used()
        };
        assert_eq!(settled(), png(8, 8).len());
        agency.delete(&file);
        assert_eq!(settled(), png(8, 8).len());
        let long = crate::tests::files::long_png(2 * crate::assets::body::PART + 7);
        let large = agency.add(1, "c.png", &long);
        assert_eq!(settled(), png(8, 8).len() + long.len());
        let request = agency.mira.request("PUT", &format!("{large}/content"));
        world.send(&request.file(&png(9, 9))).must(200);
        assert_eq!(settled(), png(8, 8).len() + png(9, 9).len());
    }
}

#[test]
fn files_of_a_deleted_site_count_until_it_is_erased() {
    for own in [false, true] {
        let world = World::new();
        let agency = if own { Agency::with_own(&world) } else { Agency::new(&world) };
        let one = png(8, 8).len();
        agency.limit(one + one / 2);
        agency.add(1, "a.png", &png(8, 8));
        let site = format!("/api/v1/sites/{}", agency.sites[1]);
        agency.mira.delete(&site).must(200);
        world.run_sql("UPDATE sessions SET expires_at = '2100-01-01T00:00:00Z'");
        world.pass(29 * DAY);
        round(&world);
        agency.upload(0, "a.png", &png(8, 8)).must(409);
        world.pass(2 * DAY);
        round(&world);
        agency.mira.get(&site).must(404);
        assert_eq!(agency.used(), 0);
        agency.add(0, "a.png", &png(8, 8));
        let left = world.ask("SELECT site_id FROM site_storage UNION ALL SELECT site_id FROM storage_holds");
        assert_eq!(left, [json!({"site_id": agency.sites[0]})]);
    }
}

#[test]
fn a_copy_takes_room_and_one_for_which_there_is_none_is_refused_or_stops() {
    let world = World::new();
    let agency = Agency::new(&world);
    let one = png(8, 8).len();
    agency.add(0, "a.png", &png(8, 8));
    let copy = |host: &str| {
        let sites = format!("/api/v1/tenants/{}/sites", agency.mira.tenant);
        agency.mira.post(&sites, json!({"host": host, "from": {"site": agency.sites[0]}}))
    };
    agency.limit(2 * one);
    copy("first").must(201);
    block_on(after_change(&world));
    assert_eq!(agency.used(), 2 * one);
    let refused: Value = copy("second").must(409).value();
    assert!(refused["detail"].as_str().unwrap().starts_with("Limit of storage:"), "{refused}");
    // The room goes to somebody else while the copy is made.
    agency.limit(3 * one);
    let second = copy("second").must(201).value()["id"].as_str().unwrap().to_owned();
    agency.add(0, "b.png", &png(9, 9));
    block_on(after_change(&world));
    let filling = agency.mira.get(&format!("/api/v1/sites/{second}")).value()["filling"].clone();
    assert_eq!(filling["state"], "failed");
    assert!(filling["problem"].as_str().unwrap().contains("Limit of storage"), "{filling}");
    assert_eq!(agency.used(), 3 * one);
}
