//! The command against a server that fails, refuses and conflicts.

mod common;

use common::Given::{Answer, Lost};
use common::{Ran, Server, command, run};
use serde_json::{Value, json};

fn me() -> common::Given {
    Answer(200, &[], json!({"id": "u1", "tenants": [{"id": "t1", "name": "A company", "status": "active"}]}))
}

fn sites() -> common::Given {
    Answer(
        200,
        &[],
        json!({"sites": [{"id": "s1", "name": {"en": "A site"}, "locales": ["en"], "status": "active"}]}),
    )
}

fn problem(status: u16, headers: &'static [&'static str], more: Value) -> common::Given {
    let mut body = json!({"type": "/problems/x", "title": "Not so", "status": status, "detail": "Do it otherwise.", "request": "r1"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Answer(status, headers, body)
}

fn republished() -> common::Given {
    Answer(200, &[], json!({"records": 3, "visible": true}))
}

const AT_ONCE: &[&str] = &["retry-after: 0"];

#[test]
fn a_post_that_meets_a_failing_server_is_sent_again_under_the_same_key() {
    let server = Server::of(vec![me(), sites(), problem(503, AT_ONCE, json!({})), Lost, republished()]);
    let ran = run(&server.url, &["republish"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let asked = server.asked();
    let keys: Vec<_> = asked.iter().filter_map(|asked| asked.header("idempotency-key")).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| key == keys.first().unwrap() && key.len() == 32), "{keys:?}");
    assert_eq!(asked.iter().filter(|asked| asked.body == "{}").count(), 3);
    assert!(asked.iter().all(|asked| asked.header("authorization") == Some("Bearer manysite_secret")));
}

#[test]
fn a_server_that_goes_on_failing_is_given_up_with_its_own_words() {
    let mut answers = vec![me(), sites()];
    answers.extend((0..5).map(|_| problem(503, AT_ONCE, json!({}))));
    let server = Server::of(answers);
    let ran = run(&server.url, &["republish"]);
    assert_eq!((ran.exit, server.asked().len()), (4, 7), "{ran:?}");
    assert!(
        ran.err.contains("Not so") && ran.err.contains("Do it otherwise.") && ran.err.contains("r1"),
        "{ran:?}"
    );
}

#[test]
fn being_asked_to_go_slower_is_no_failure() {
    let mut answers = vec![me(), sites()];
    answers.extend((0..9).map(|_| problem(429, AT_ONCE, json!({}))));
    answers.push(republished());
    let server = Server::of(answers);
    let ran = run(&server.url, &["--json", "republish"]);
    assert_eq!((ran.exit, ran.json()), (0, json!({"records": 3, "visible": true})));
}

#[test]
fn every_problem_of_the_content_is_shown_and_the_exit_code_says_so() {
    let problems = json!({"problems": [{"path": "pages/home: sections[0].props.title", "message": "missing"}, {"path": "pages/about: path", "message": "taken"}]});
    let server = Server::of(vec![me(), sites(), problem(422, &[], problems.clone())]);
    let ran = run(&server.url, &["publish"]);
    assert_eq!((ran.exit, ran.out.as_str()), (1, ""));
    for said in ["Not so", "pages/home: sections[0].props.title\n    missing", "pages/about: path\n    taken"]
    {
        assert!(ran.err.contains(said), "{said}: {ran:?}");
    }
    let server = Server::of(vec![me(), sites(), problem(422, &[], problems.clone())]);
    let ran = run(&server.url, &["publish", "--json"]);
    assert_eq!(ran.json().pointer("/error/problems"), problems.get("problems"));
    assert_eq!(ran.exit, 1);
}

#[test]
fn what_is_scheduled_is_said_with_its_time_and_its_id() {
    let schedule = json!({"id": "k1", "at": "2027-03-14T09:30:00Z", "pages": [{"id": "home", "revision": 4}],
        "unpublish": [], "note": "", "author": "u1", "created_at": "2027-03-01T08:00:00Z"});
    let done = json!({"number": 7, "changes": [{"subject": "page", "id": "home", "how": "scheduled"}],
        "warnings": [], "visible": true, "schedule": schedule});
    let server = Server::of(vec![me(), sites(), Answer(201, &[], done.clone())]);
    let ran = run(&server.url, &["publish", "--page", "home", "--at", "2027-03-14T09:30:00Z"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(
        ran.out.contains("Scheduled for 2027-03-14T09:30:00Z as k1")
            && ran.out.contains("scheduled  page  home"),
        "{ran:?}"
    );
    let sent: Value = serde_json::from_str(&server.asked().last().unwrap().body).unwrap();
    assert_eq!(
        (&sent["at"], &sent["pages"], &sent["everything"]),
        (&json!("2027-03-14T09:30:00Z"), &json!(["home"]), &json!(false))
    );

    let server = Server::of(vec![me(), sites(), Answer(201, &[], done.clone())]);
    let ran = run(&server.url, &["--json", "unpublish", "home", "--at", "2027-03-14T09:30:00Z"]);
    assert_eq!((ran.exit, ran.json()), (0, done.clone()));

    let server = Server::of(vec![me(), sites(), Answer(200, &[], json!({"schedules": [schedule]}))]);
    let ran = run(&server.url, &["schedules", "list"]);
    assert!(ran.out.contains("k1") && ran.out.contains("home (4)"), "{ran:?}");
    let server = Server::of(vec![me(), sites(), Answer(200, &[], done)]);
    let ran = run(&server.url, &["schedules", "move", "k1", "2027-03-14T09:30:00Z"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
}

#[test]
fn a_time_without_pages_is_wrong_usage_and_nothing_is_sent() {
    let server = Server::of(vec![me(), sites()]);
    for more in [vec![], vec!["--locale", "en"]] {
        let server = if more.is_empty() { &server } else { &Server::of(vec![me(), sites()]) };
        let given = [vec!["publish", "--at", "2027-03-14T09:30:00Z"], more].concat();
        let ran = run(&server.url, &given);
        assert_eq!((ran.exit, server.asked().len()), (2, 2), "{ran:?}");
        assert!(ran.err.contains("name them with --page"), "{ran:?}");
    }
}

#[test]
fn a_conflict_shows_theirs_and_yours() {
    let conflict = json!({"revision": 4, "updated_at": "2026-01-02T03:04:05Z", "updated_by": "u2",
        "current": {"id": "home", "title": "Bread"}, "yours": {"id": "home", "title": "Loaf"}});
    let server = Server::of(vec![me(), sites(), problem(409, &[], json!({"conflict": conflict}))]);
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("home.json");
    std::fs::write(&file, json!({"revision": 3, "document": {"id": "home", "title": "Loaf"}}).to_string())
        .unwrap();
    let ran = run(&server.url, &["pages", "save", file.to_str().unwrap()]);
    assert_eq!(ran.exit, 5, "{ran:?}");
    assert!(ran.err.contains("title\n    theirs  \"Bread\"\n    yours   \"Loaf\""), "{ran:?}");
    assert_eq!(
        server.asked().last().and_then(|asked| asked.header("if-match").map(str::to_owned)).as_deref(),
        Some("\"3\"")
    );
}

#[test]
fn a_page_whose_first_save_was_done_and_its_answer_lost_is_saved() {
    let stored =
        json!({"id": "home", "status": "draft", "revision": 1, "document": {"id": "home", "title": "Loaf"}});
    let server =
        Server::of(vec![me(), sites(), Lost, problem(428, &[], json!({})), Answer(200, &[], stored)]);
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("home.json");
    std::fs::write(&file, json!({"id": "home", "title": "Loaf"}).to_string()).unwrap();
    let ran = run(&server.url, &["--json", "pages", "save", file.to_str().unwrap()]);
    assert_eq!((ran.exit, ran.json().get("revision")), (0, Some(&json!(1))), "{ran:?}");
}

#[test]
fn refusals_have_exit_codes_of_their_own() {
    for (status, exit) in [(401, 3), (403, 3), (404, 2), (409, 5), (500, 4)] {
        let server = Server::of(vec![problem(status, &[], json!({}))]);
        assert_eq!(run(&server.url, &["sites"]).exit, exit, "{status}");
    }
    let home = tempfile::tempdir().unwrap();
    assert_eq!(Ran::of(&mut command(home.path(), &["sites"])).exit, 3);
    assert_eq!(Ran::of(&mut command(home.path(), &["no-such-command"])).exit, 2);
    // An address at which nobody listens.
    assert_eq!(run("http://127.0.0.1:1", &["sites"]).exit, 4);
    // Something else than the API answers.
    let server = Server::of(vec![Answer(404, &[], json!("a page"))]);
    assert_eq!(run(&server.url, &["sites"]).exit, 4);
}

#[test]
fn wrong_options_are_told_as_json_where_that_is_asked_for() {
    let home = tempfile::tempdir().unwrap();
    for given in [&["--json", "no-such-command"][..], &["pages", "diff", "home", "x", "--json"], &["--json"]]
    {
        let ran = Ran::of(&mut command(home.path(), given));
        assert_eq!(
            (ran.exit, ran.json()["error"]["title"].as_str()),
            (2, Some("This cannot be done so")),
            "{ran:?}"
        );
        assert!(
            ran.json()["error"]["detail"].as_str().unwrap().contains("Usage: manysite") || given.len() > 2,
            "{ran:?}"
        );
    }
}

#[test]
fn what_is_not_there_is_named() {
    let server = Server::of(vec![me(), sites(), problem(404, &[], json!({}))]);
    let ran = run(&server.url, &["pages", "show", "none"]);
    assert!(ran.exit == 2 && ran.err.contains("/sites/s1/pages/none: Do it otherwise."), "{ran:?}");
}

#[test]
fn a_link_to_drafts_is_the_first_line_and_what_is_wrong_with_them_follows() {
    let url = "https://a.example/-/now/preview/s1.p1.1.abc/about";
    let made = json!({"id": "p1", "url": url, "expires_at": "2026-03-21T09:30:00Z",
        "problems": [{"path": "pages/about: sections[0].props.href", "message": "there is no page /x"}]});
    let server = Server::of(vec![me(), sites(), Answer(201, &[], made.clone())]);
    let ran = run(&server.url, &["preview", "about", "--hours", "2", "--note", "For Noor"]);
    assert_eq!((ran.exit, ran.out.lines().next()), (0, Some(url)), "{ran:?}");
    assert!(ran.out.contains("pages/about: sections[0].props.href\n  there is no page /x"), "{ran:?}");
    let body: Value = serde_json::from_str(&server.asked()[2].body).unwrap();
    assert_eq!(
        (&body["pages"], &body["everything"], &body["note"]),
        (&json!(["about"]), &json!(false), &json!("For Noor"))
    );
    let server = Server::of(vec![me(), sites(), Answer(201, &[], made.clone())]);
    assert_eq!(run(&server.url, &["--json", "preview"]).json(), made);
    let body: Value = serde_json::from_str(&server.asked()[2].body).unwrap();
    assert_eq!(body["everything"], json!(true));
    assert_eq!(run("http://127.0.0.1:1", &["preview", "--list", "about"]).exit, 2);
}

#[test]
fn a_token_goes_to_no_other_server_than_the_one_it_is_for() {
    let home = tempfile::tempdir().unwrap();
    let mine = Server::of(vec![
        me(),
        me(),
        sites(),
        Answer(200, &[], json!([{"host": "a.localhost", "primary": true}])),
    ]);
    let ran =
        Ran::of(&mut command(home.path(), &["--url", &mine.url, "login", "--token", "manysite_secret"]));
    assert_eq!(ran.exit, 0, "{ran:?}");
    let other = Server::of(vec![me()]);
    let ran = Ran::of(&mut command(home.path(), &["--url", &other.url, "sites"]));
    assert_eq!((ran.exit, other.asked().len()), (3, 0), "{ran:?}");
    let ran = Ran::of(&mut command(home.path(), &["sites"]));
    assert_eq!(ran.exit, 0, "{ran:?}");
    // Nobody watches: no colours, and lines of 80 columns at most.
    assert!(!ran.out.contains('\u{1b}') && ran.out.lines().all(|line| line.chars().count() <= 80), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn only_the_user_can_read_where_the_token_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let server = Server::of(vec![me()]);
    let ran = Ran::of(&mut command(
        home.path(),
        &["--url", &server.url, "--json", "login", "--token", "manysite_secret"],
    ));
    let file = ran.json().get("file").and_then(Value::as_str).map(str::to_owned).unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!ran.out.contains("manysite_secret") && !ran.err.contains("manysite_secret"));
}

#[test]
fn an_empty_file_of_a_type_that_is_not_there_is_no_success() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("none.csv");
    std::fs::write(&file, "id,slug\n").unwrap();
    let server = Server::of(vec![me(), sites(), problem(404, &[], json!({}))]);
    let ran = run(&server.url, &["entities", "import", file.to_str().unwrap(), "--type", "nope"]);
    assert_eq!(ran.exit, 2, "{ran:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_no_success() {
    let home = tempfile::tempdir().unwrap();
    for (args, exit) in [(&["completions", "bash"][..], 2), (&["--json", "completions", "bash"][..], 2)] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = command(home.path(), args).stdout(full).output().unwrap();
        assert_eq!(ran.status.code(), Some(exit));
        assert!(String::from_utf8_lossy(&ran.stderr).contains("cannot be written"), "{ran:?}");
    }
}
