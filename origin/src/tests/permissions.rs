//! What is written down about permissions, and what asks for them by another way than the table of routes.

use crate::access::{Permission, ROLES};
use crate::routes::{Handler, ROUTES};
use crate::tests::isolation::Stage;
use serde_json::json;

const DOCUMENTATION: &str = include_str!("../../../docs/roles.md");

#[test]
fn an_old_state_and_a_lock_ask_for_what_saving_asks() {
    for (subject, id, save) in [
        ("settings", "frame-en", "save_setting"),
        ("page", "home", "save_page"),
        ("block", "spare", "save_block"),
        ("component", "spare", "save_component"),
        ("entity", "one", "save_entity"),
    ] {
        let route = ROUTES.iter().find(|route| route.name == save).unwrap();
        let Handler::Site(needed, _) = route.handler else { panic!("{save} is of no site") };
        for permission in Permission::ALL {
            let stage = Stage::new();
            let own = json!([Permission::ReadSite, permission]);
            stage.world.run_sql(&format!("UPDATE roles SET permissions = '{own}' WHERE id = 'own'"));
            let who = stage.member("own");
            let may = permission == needed;
            let at = |rest: &str| format!("/api/v1/sites/{}/{rest}", stage.site);
            let revision = at(&format!("revisions/{subject}/{id}/1/restore"));
            let restore = who.request("POST", &revision).with("if-match", "\"1\"");
            let mut told = vec![stage.world.send(&restore)];
            if subject != "entity" {
                let lock = at(&format!("locks/{subject}/{id}"));
                told.push(stage.world.send(&who.request("PUT", &lock)));
                told.push(who.delete(&lock));
            }
            for reply in told {
                assert_eq!(reply.status < 300, may, "{} on {subject}: {}", permission.name(), reply.body);
                assert!(may || reply.status == 403, "{}", reply.body);
            }
        }
    }
}

#[test]
fn the_documentation_has_the_roles_as_they_are() {
    let mut rows = DOCUMENTATION.lines().skip_while(|line| !line.starts_with("| | tenant_admin"));
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    };
    let names = cells(rows.next().unwrap()).split_off(1);
    assert_eq!(names, ROLES.map(|(name, _)| name));
    let mut written: Vec<_> = rows.skip(1).take_while(|line| !line.is_empty()).map(cells).collect();
    let mut is: Vec<Vec<String>> = vec![];
    for permission in Permission::ALL {
        let tick = |(_, may): (&str, &[Permission])| if may.contains(&permission) { "✓" } else { "" };
        let ticks = ROLES.map(tick).map(str::to_owned);
        is.push([permission.name()].into_iter().chain(ticks).collect());
    }
    written.sort();
    is.sort();
    assert_eq!(written, is);
    for permission in Permission::ALL {
        let explained = DOCUMENTATION.lines().filter(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            cells.len() == 4
                && cells.get(1).is_some_and(|cell| cell.contains(&format!("`{}`", permission.name())))
        });
        assert_eq!(explained.count(), 1, "{} is explained once", permission.name());
    }
}
