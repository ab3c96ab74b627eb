//! Pages, settings, blocks, components, types, records, and rows of records.

use super::{Case, Scene, add};
use crate::tests::entities::{product, record};
use crate::tests::publish::page;
use serde_json::{Value, json};

pub fn cases(scene: &Scene, cases: &mut Vec<Case>) {
    documents(scene, cases);
    types(scene, cases);
    records(scene, cases);
    imports(scene, cases);
    rows(scene, cases);
}

fn with(mut value: Value, name: &str, other: Value) -> Value {
    value[name] = other;
    value
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(
        json!({"component": "text", "props": {"text": "x"}}),
        |inner, _| json!({"component": "columns", "props": {}, "slots": {"columns": [inner]}}),
    )
}

fn documents(scene: &Scene, cases: &mut Vec<Case>) {
    let mut put = |path: &str, what: &str, body: Value| {
        add(cases, "document", format!("{path}: {what}"), scene.request("PUT", path).json(body));
    };
    let new = || page("/new", "New");
    let section = |component: Value, props: Value| {
        with(new(), "sections", json!([{"component": component, "props": props}]))
    };
    for (what, body) in [
        ("nothing", json!({})),
        ("no title", with(new(), "title", json!(null))),
        ("a path that is none", with(new(), "path", json!("new"))),
        ("a path in upper case", with(new(), "path", json!("/New"))),
        ("a path with ..", with(new(), "path", json!("/a/../b"))),
        ("a path with a query", with(new(), "path", json!("/a?b"))),
        ("a path that ends with a slash", with(new(), "path", json!("/a/"))),
        ("a path of the platform's", with(new(), "path", json!("/-/file/x"))),
        ("a path of 600 letters", with(new(), "path", json!(format!("/{}", "a".repeat(600))))),
        ("another page's path", with(new(), "path", json!("/about"))),
        ("a path with NUL", with(new(), "path", json!("/a\u{0}b"))),
        ("a language that is none", with(new(), "locale", json!("English"))),
        ("a language that the site has not", with(new(), "locale", json!("de"))),
        ("sections that are no list", with(new(), "sections", json!({}))),
        ("a section that is a text", with(new(), "sections", json!(["hero"]))),
        ("an unknown name", with(new(), "author", json!("x"))),
        ("an unknown component", section(json!("heroes"), json!({}))),
        ("a component that is a number", section(json!(7), json!({}))),
        ("a component without a name", section(json!(""), json!({}))),
        ("a block that is not there", section(json!("block:none"), json!({}))),
        ("props that are a list", section(json!("hero"), json!([]))),
        ("an unknown prop", section(json!("hero"), json!({"title": "x", "titel": "x"}))),
        ("a prop that is missing", section(json!("hero"), json!({}))),
        ("a title that is a number", section(json!("hero"), json!({"title": 7}))),
        ("a title that is a list", section(json!("hero"), json!({"title": ["x"]}))),
        ("a title of 100,000 letters", section(json!("hero"), json!({"title": "x".repeat(100_000)}))),
        (
            "a text of 5,000 lists in each other",
            section(json!("rich-text"), json!({"html": "<ul><li>".repeat(5_000)})),
        ),
        ("a title with NUL", section(json!("hero"), json!({"title": "a\u{0}b"}))),
        (
            "a link to a script",
            section(
                json!("hero"),
                json!({"title": "x", "actions": [{"label": "x", "href": "javascript:alert(1)"}]}),
            ),
        ),
        (
            "a picture that is not there",
            section(json!("hero"), json!({"title": "x", "image": {"file": "none.jpg", "alt": ""}})),
        ),
        (
            "a picture outside the site",
            section(json!("hero"), json!({"title": "x", "image": {"file": "../../etc/passwd", "alt": ""}})),
        ),
        ("a list of a type that is not there", section(json!("product-grid"), json!({"type": "none"}))),
        ("an entity that is not there", with(new(), "entity", json!("none"))),
        ("sections 100 levels deep", with(new(), "sections", json!([nested(100)]))),
    ] {
        put("~/pages/new", what, body);
    }
    for id in ["New", "a.b", "-a", "a%20b", "ä", &"a".repeat(65)] {
        let shown: String = id.chars().take(20).collect();
        put(&format!("~/pages/{id}"), &format!("an id, {shown:?}, that is none"), new());
    }
    put("~/blocks/new", "no sections", json!({"name": "x"}));
    put("~/blocks/new", "it shows itself", json!({"name": "x", "sections": [{"component": "block:new"}]}));
    put("~/blocks/UPPER", "an id in upper case", json!({"name": "x", "sections": []}));
    put("~/components/new", "it shows itself", json!({"sections": [{"component": "new"}]}));
    put("~/components/block:x", "the name of a block", json!({"sections": []}));
    put("~/components/new", "parameters that are a list", json!({"parameters": [], "sections": []}));
    put(
        "~/components/new",
        "a parameter of an unknown kind",
        json!({"parameters": {"a": {"kind": "magic"}}, "sections": []}),
    );
    put("~/settings/none", "a setting that is not there", json!({}));
    put("~/settings/frame-English", "a language that is none", json!({"before": [], "after": []}));
    put("~/settings/search", "a page that is none", json!({"en": "search"}));
    put("~/settings/not_found", "a page that is none", json!({"en": "a/b"}));
    let mut change = |path: &str, what: &str, body: Value| {
        add(
            cases,
            "document",
            format!("{path}: {what}"),
            scene.request("PUT", path).json(body).with("if-match", "\"1\""),
        );
    };
    let theme =
        |name: &str, value: Value| with(json!({"base": app::theme::ready_names().first()}), name, value);
    for (what, body) in [
        ("an unknown base", json!({"base": "none"})),
        ("an unknown token", theme("tokens", json!({"nonsense": "#fff"}))),
        ("a colour that is none", theme("tokens", json!({"light": {"text": "red; } body { x: y"}}))),
        ("style that loads", theme("css", json!("@import url(https://evil.example/x.css);"))),
        ("style that is none", theme("css", json!("body {{{ color: "))),
        ("style that ends the element", theme("css", json!("</style><script>alert(1)</script>"))),
        ("style of 5,000 blocks in each other", theme("css", json!("a{".repeat(5_000)))),
        (
            "style of 5,000 functions in each other",
            theme("css", json!(format!("a{{width:{}", "calc(".repeat(5_000)))),
        ),
        ("style of 500,000 characters", theme("css", json!("a{b:c}".repeat(80_000)))),
        ("a logo that is not there", theme("logo", json!({"file": "none.svg", "alt": ""}))),
    ] {
        change("~/settings/theme", what, body);
    }
    let general =
        |name: &str, value: Value| with(json!({"name": {"en": "Bakery"}, "locales": ["en"]}), name, value);
    for (what, body) in [
        ("no name in its first language", general("name", json!({"de": "x"}))),
        ("no languages", general("locales", json!([]))),
        ("a currency that is none", general("currency", json!("euro"))),
        ("a time zone that is none", general("timezone", json!("half past nine"))),
        ("an unknown name", general("owner", json!("x"))),
    ] {
        change("~/settings/general", what, body);
    }
}

fn types(scene: &Scene, cases: &mut Vec<Case>) {
    let mut put = |path: &str, what: &str, body: Value| {
        add(cases, "type", format!("{path}: {what}"), scene.request("PUT", path).json(body));
    };
    let field = |field: Value| json!({"name": "Note", "title_field": "title", "fields": [{"name": "title", "kind": "text"}, field]});
    for (what, body) in [
        ("nothing", json!({})),
        ("no fields", json!({"name": "Note", "title_field": "title", "fields": []})),
        ("fields that are no list", json!({"name": "Note", "title_field": "title", "fields": {}})),
        ("a field without a kind", field(json!({"name": "x"}))),
        ("a field of an unknown kind", field(json!({"name": "x", "kind": "blob"}))),
        ("a field without a name", field(json!({"name": "", "kind": "text"}))),
        ("a field with a dot in its name", field(json!({"name": "a.b", "kind": "text"}))),
        ("a field with a quote in its name", field(json!({"name": "a\"b", "kind": "text"}))),
        ("a field whose name has 1,000 letters", field(json!({"name": "a".repeat(1000), "kind": "text"}))),
        ("a field twice", field(json!({"name": "title", "kind": "text"}))),
        ("a field with a name that none has", field(json!({"name": "x", "kind": "text", "requierd": true}))),
        (
            "a yes or no with a name that none has",
            field(json!({"name": "x", "kind": "boolean", "requierd": true})),
        ),
        (
            "a list of yes and no with a limit",
            field(json!({"name": "x", "kind": "list", "of": {"kind": "boolean", "max": 1}})),
        ),
        ("a default that does not fit", field(json!({"name": "x", "kind": "integer", "default": "x"}))),
        ("a relation to nothing", field(json!({"name": "x", "kind": "relation"}))),
        ("a choice of nothing", field(json!({"name": "x", "kind": "choice", "choices": []}))),
        ("a list of nothing", field(json!({"name": "x", "kind": "list"}))),
        ("limits the wrong way round", field(json!({"name": "x", "kind": "integer", "min": 5, "max": 1}))),
        ("a formatted text that must be unique", field(json!({"name": "x", "kind": "rich", "unique": true}))),
        (
            "lists 60 levels deep",
            field(
                json!({"name": "x", "kind": "list", "of": (0..60).fold(json!({"kind": "text"}), |of, _| json!({"kind": "list", "of": of}))}),
            ),
        ),
        (
            "300 fields",
            json!({"name": "Note", "title_field": "f0", "fields": (0..300).map(|n| json!({"name": format!("f{n}"), "kind": "text"})).collect::<Vec<_>>()}),
        ),
        (
            "a title that is no field",
            with(field(json!({"name": "x", "kind": "text"})), "title_field", json!("none")),
        ),
        (
            "a title that is a number",
            with(field(json!({"name": "x", "kind": "integer"})), "title_field", json!("x")),
        ),
        (
            "a list by a field that is not there",
            with(
                field(json!({"name": "x", "kind": "text"})),
                "indexes",
                json!([{"name": "by", "sort": "none"}]),
            ),
        ),
        (
            "a list by pictures",
            with(
                field(json!({"name": "x", "kind": "image"})),
                "indexes",
                json!([{"name": "by", "sort": "x"}]),
            ),
        ),
        (
            "a list that filters by pictures",
            with(
                field(json!({"name": "x", "kind": "image"})),
                "indexes",
                json!([{"name": "by", "filter": ["x"], "sort": "title"}]),
            ),
        ),
        (
            "a list twice",
            with(
                field(json!({"name": "x", "kind": "text"})),
                "indexes",
                json!([{"name": "by", "sort": "x"}, {"name": "by", "sort": "title"}]),
            ),
        ),
        (
            "60 lists",
            with(
                field(json!({"name": "x", "kind": "text"})),
                "indexes",
                (0..60).map(|n| json!({"name": format!("by{n}"), "sort": "x"})).collect(),
            ),
        ),
        (
            "a list that filters by five fields",
            with(
                field(json!({"name": "x", "kind": "list", "of": {"kind": "text"}})),
                "indexes",
                json!([{"name": "by", "filter": ["x", "x", "x", "x", "x"], "sort": "title"}]),
            ),
        ),
        (
            "a name of 1,000 letters",
            with(field(json!({"name": "x", "kind": "text"})), "name", json!("a".repeat(1000))),
        ),
        ("no name", with(field(json!({"name": "x", "kind": "text"})), "name", json!(" "))),
        ("a number for its name", with(field(json!({"name": "x", "kind": "text"})), "name", json!(7))),
        ("an unknown name", with(field(json!({"name": "x", "kind": "text"})), "plural", json!("Notes"))),
    ] {
        put("~/types/note", what, body);
    }
    for id in ["Note", "my-note", "9", "note.x", &"n".repeat(65)] {
        let shown: String = id.chars().take(20).collect();
        // Digits may come first.
        if id != "9" {
            put(
                &format!("~/types/{id}"),
                &format!("an id, {shown:?}, that is none"),
                field(json!({"name": "x", "kind": "text"})),
            );
        }
    }
    put("~/types/product", "no If-Match", product());
    let mut stricter = product();
    stricter["fields"][3]["required"] = json!(true);
    add(
        cases,
        "type",
        "~/types/product: a record does not fit",
        scene.request("PUT", "~/types/product").json(stricter).with("if-match", "\"1\""),
    );
    add(cases, "type", "DELETE ~/types/none: not there", scene.request("DELETE", "~/types/none"));
}

fn records(scene: &Scene, cases: &mut Vec<Case>) {
    let mut put = |path: &str, what: &str, body: Value| {
        add(cases, "record", format!("{path}: {what}"), scene.request("PUT", path).json(body));
    };
    let fields = |fields: Value| record("roll", fields);
    for (what, body) in [
        ("nothing", json!({})),
        ("an unknown type", with(record("roll", json!({"title": "x"})), "type", json!("none"))),
        ("a type that is a number", with(record("roll", json!({"title": "x"})), "type", json!(1))),
        ("a language that is none", with(record("roll", json!({"title": "x"})), "locale", json!("e"))),
        (
            "a language that the site has not",
            with(record("roll", json!({"title": "x"})), "locale", json!("de")),
        ),
        ("a slug in upper case", record("Roll", json!({"title": "x"}))),
        ("an empty slug", record("", json!({"title": "x"}))),
        ("a slug with a slash", record("a/b", json!({"title": "x"}))),
        ("a slug that is ..", record("..", json!({"title": "x"}))),
        ("a slug of 1,000 letters", record(&"a".repeat(1000), json!({"title": "x"}))),
        ("a slug that is taken", record("loaf", json!({"title": "x"}))),
        (
            "a time that is none",
            with(record("roll", json!({"title": "x"})), "published_at", json!("tomorrow")),
        ),
        (
            "a time in another zone",
            with(record("roll", json!({"title": "x"})), "published_at", json!("2026-03-14T09:30:00+02:00")),
        ),
        (
            "February 30",
            with(record("roll", json!({"title": "x"})), "published_at", json!("2026-02-30T09:30:00Z")),
        ),
        (
            "the year 10000",
            with(record("roll", json!({"title": "x"})), "published_at", json!("10000-01-01T00:00:00Z")),
        ),
        ("a group that is a number", with(record("roll", json!({"title": "x"})), "group", json!(7))),
        (
            "a group of 10,000 letters",
            with(record("roll", json!({"title": "x"})), "group", json!("g".repeat(10_000))),
        ),
        ("an empty group", with(record("roll", json!({"title": "x"})), "group", json!(""))),
        ("publish that is a text", with(record("roll", json!({"title": "x"})), "publish", json!("yes"))),
        ("an id in its body", with(record("roll", json!({"title": "x"})), "id", json!("other"))),
        ("fields that are a list", with(record("roll", json!({})), "fields", json!([]))),
        ("no title", fields(json!({}))),
        ("a title that is null", fields(json!({"title": null}))),
        ("an empty title", fields(json!({"title": ""}))),
        ("a title of 201 letters", fields(json!({"title": "a".repeat(201)}))),
        ("a title on two lines", fields(json!({"title": "a\nb"}))),
        ("a title with NUL", fields(json!({"title": "a\u{0}b"}))),
        ("an unknown field", fields(json!({"title": "x", "titel": "x"}))),
        ("a price that is a text", fields(json!({"title": "x", "price": "1"}))),
        ("a price with a fraction", fields(json!({"title": "x", "price": 1.5}))),
        ("a price below 0", fields(json!({"title": "x", "price": -1}))),
        ("a price beyond its limit", fields(json!({"title": "x", "price": 100_001}))),
        ("a price beyond all bounds", fields(json!({"title": "x", "price": 1e300}))),
        ("a price of 2^63", fields(json!({"title": "x", "price": 9_223_372_036_854_775_808u64}))),
        ("a value that is taken", fields(json!({"title": "x", "sku": "1"}))),
        ("a field whose name has 100,000 letters", fields(json!({"title": "x", &"y".repeat(100_000): 1}))),
        ("a relation to nobody", fields(json!({"title": "x", "also": ["nobody"]}))),
        ("a relation that is no list", fields(json!({"title": "x", "also": "loaf"}))),
        ("a relation that is a number", fields(json!({"title": "x", "also": [1]}))),
        ("201 relations", fields(json!({"title": "x", "also": vec!["loaf"; 201]}))),
    ] {
        put("~/entities/roll", what, body);
    }
    for id in ["Roll", "a.b", "-", "a%2fb", &"a".repeat(65)] {
        let shown: String = id.chars().take(20).collect();
        put(
            &format!("~/entities/{id}"),
            &format!("an id, {shown:?}, that is none"),
            record("roll", json!({"title": "x"})),
        );
    }
    put("~/entities/loaf", "no If-Match", record("loaf", json!({"title": "x"})));
    let mut post = |what: &str, body: Value| {
        add(cases, "record", format!("bulk: {what}"), scene.request("POST", "~/entities/bulk").json(body));
    };
    post("no ids", json!({"ids": []}));
    post("501 ids", json!({"ids": vec!["loaf"; 501]}));
    post("ids of 100,000 letters", json!({"ids": ["a".repeat(100_000)], "set": 1}));
    post("ids that are numbers", json!({"ids": [1]}));
    post("a text for what is set", json!({"ids": ["loaf"], "set": "x"}));
    for (method, path) in [
        ("GET", "~/entities/none"),
        ("DELETE", "~/entities/none"),
        ("POST", "~/entities/none/publish"),
        ("POST", "~/entities/none/unpublish"),
        ("POST", "~/entities/none/restore"),
    ] {
        add(cases, "record", format!("{method} {path}: not there"), scene.request(method, path));
    }
}

fn import(scene: &Scene, id: &str, media: &str, body: &[u8]) -> crate::http::Request {
    scene
        .request("PUT", &format!("~/imports/{id}?type=product&publish=true"))
        .file(body)
        .with("content-type", media)
}

/// Imports that are refused as a whole.
fn imports(scene: &Scene, cases: &mut Vec<Case>) {
    let mut send =
        |what: &str, media: &str, body: &[u8]| add(cases, "import", what, import(scene, "new", media, body));
    send("another format", "application/vnd.ms-excel", b"id,slug\n");
    send("no format", "", b"id,slug\n");
    send("CSV: Latin-1", "text/csv", b"id,slug,title\na,a,caf\xe9\n");
    send("CSV: UTF-16", "text/csv", b"\xff\xfei\0d\0");
    send("CSV: a spreadsheet", "text/csv", b"PK\x03\x04\x14\0\x06\0");
    send("CSV: nothing", "text/csv", b"");
    send("CSV: no id", "text/csv", b"slug,title\na,A\n");
    send("CSV: no slug", "text/csv", b"id,title\na,A\n");
    send("CSV: bars", "text/csv", b"id|slug|title\na|a|A\n");
    send("CSV: a quote that is never closed", "text/csv", b"id,slug,title\na,a,\"A\n");
    send("JSON: a name twice", "application/json", br#"[{"id":"a","slug":"a","slug":"b","fields":{}}]"#);
    send("CSV: an unknown column", "text/csv", b"id,slug,titel\na,a,A\n");
    send("CSV: a column twice", "text/csv", b"id,slug,title,title\na,a,A,B\n");
    send("CSV: a column without a name", "text/csv", b"id,slug,\na,a,A\n");
    send("CSV: 10,001 rows", "text/csv", format!("id,slug\n{}", "a,a\n".repeat(10_001)).as_bytes());
    send("JSON: an object", "application/json", b"{}");
    send("JSON: cut off", "application/json", b"[{\"id\": \"a\"");
    send("JSON: Latin-1", "application/json", b"[\"caf\xe9\"]");
    send(
        "JSON: 1,000 lists in each other",
        "application/json",
        &[vec![b'['; 1000], vec![b']'; 1000]].concat(),
    );
    send("JSON: lines as a list", "application/json", b"{\"id\": \"a\"}\n{\"id\": \"b\"}");
    send("more than 32 MiB", "text/csv", &vec![b'a'; (32 << 20) + 1]);
    for id in ["New", "a.b", "-x", &"a".repeat(65)] {
        let shown: String = id.chars().take(20).collect();
        add(
            cases,
            "import",
            format!("an id, {shown:?}, that is none"),
            import(scene, id, "text/csv", b"id,slug\n"),
        );
    }
    for query in ["", "?type=", "?type=none", "?type=../product"] {
        let asked = scene
            .request("PUT", &format!("~/imports/new{query}"))
            .file(b"id,slug\n")
            .with("content-type", "text/csv");
        add(cases, "import", format!("the type {query:?}"), asked);
    }
}

/// Rows of an import: the report names them, and of their records there is nothing.
fn rows(scene: &Scene, cases: &mut Vec<Case>) {
    let mut row = |what: &str, media: &str, body: &str| {
        add(cases, "row", what, import(scene, "new", media, body.as_bytes()))
    };
    let csv = "text/csv";
    row("CSV: a cell too many", csv, "id,slug,title\na,a,A,B\n");
    row("CSV: a cell too few", csv, "id,slug,title\na,a\n");
    row("CSV: a quote that does not end", csv, "id,slug,title\na,a,\"A\nb,b,B\n");
    row("CSV: no id", csv, "id,slug,title\n,a,A\n");
    row("CSV: an id in upper case", csv, "id,slug,title\nA,a,A\n");
    row("CSV: an id twice", csv, "id,slug,title,price\na,a,A,x\na,b,B,x\n");
    row("CSV: a slug with spaces", csv, "id,slug,title\na,a b,A\n");
    row("CSV: a slug that is taken", csv, "id,slug,title\na,loaf,A\n");
    row("CSV: a language that is none", csv, "id,slug,title,locale\na,a,A,English\n");
    row("CSV: a language that the site has not", csv, "id,slug,title,locale\na,a,A,de\n");
    row("CSV: a time that is none", csv, "id,slug,title,published_at\na,a,A,14.3.2026\n");
    row("CSV: a number with a comma", csv, "id,slug,title,price\na,a,A,\"1,5\"\n");
    row("CSV: a number that is a formula", csv, "id,slug,title,price\na,a,A,=1+1\n");
    row("CSV: no title", csv, "id,slug,title\na,a,\n");
    row("CSV: a value that is taken", csv, "id,slug,title,sku\na,a,A,1\n");
    row("CSV: relations to nobody", csv, "id,slug,title,also\na,a,A,nobody|loaf\n");
    row("CSV: a title with NUL", csv, "id,slug,title\na,a,A\0B\n");
    let jsonl = "application/jsonl";
    row("JSON: a line that is none", jsonl, "{\"id\": \"a\"\n");
    row("JSON: a list in a line", jsonl, "[]\n");
    row("JSON: a text in a line", jsonl, "\"a\"\n");
    row("JSON: no fields", jsonl, "{\"id\": \"a\", \"slug\": \"a\"}\n");
    row(
        "JSON: an unknown name",
        jsonl,
        "{\"id\": \"a\", \"slug\": \"a\", \"fields\": {\"title\": \"A\"}, \"type\": \"x\"}\n",
    );
    row("JSON: fields that are a list", jsonl, "{\"id\": \"a\", \"slug\": \"a\", \"fields\": []}\n");
    row(
        "JSON: a name twice",
        jsonl,
        "{\"id\": \"a\", \"id\": \"b\", \"slug\": \"a\", \"fields\": {\"title\": \"A\"}}\n",
    );
    row("JSON: a number in a list", "application/json", "[1]");
    row("JSON: an object of another type", "application/json", "[{\"a\": 1}]");
}
