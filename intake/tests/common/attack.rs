//! A payload wherever a site's folder takes it.

use super::folder::{self, Folder, PICTURE};
use super::payloads::twin;
use super::sample::{self, Size, Slot};
use super::stage::Stage;
use model::problem::Problem;
use model::schema::Kind;
use model::validate::{self, Context};
use serde_json::{Value, json};

/// Of how many parts of the components each payload visits one, where it does not visit all of them.
const PARTS: usize = 5;

/// A payload's number, and how the page is made of it.
#[derive(Clone, Copy)]
pub struct Attack<'a> {
    pub payload: &'a str,
    pub number: usize,
    pub everywhere: bool,
    /// Harmless words stand in the payload's place.
    pub harmless: bool,
}

impl Attack<'_> {
    pub fn text(&self) -> String {
        if self.harmless { twin(self.payload) } else { self.payload.to_owned() }
    }

    /// As much of it as fits.
    pub fn cut(&self, max: usize) -> String {
        let payload: String = self.payload.chars().take(max).collect();
        if self.harmless { twin(&payload) } else { payload }
    }

    /// Without what JSON escapes: some values are read only as they stand.
    pub fn unescaped(&self) -> String {
        let plain = |c: &char| !c.is_control() && !matches!(c, '"' | '\\');
        let payload: String = self.payload.chars().filter(plain).collect();
        if self.harmless { twin(&payload) } else { payload }
    }

    /// The components that it visits, each with its variant.
    pub fn components(&self) -> Vec<(&'static str, String)> {
        let mut chosen = vec![];
        for (n, component) in app::registry::COMPONENTS.iter().enumerate() {
            let name = |variant: &str| format!("{}:{variant}", component.name);
            if self.everywhere {
                chosen.extend(component.variants.iter().map(|v| (component.name, name(v))));
            } else if n % PARTS == self.number % PARTS {
                let variant = component.variants[self.number / PARTS % component.variants.len()];
                chosen.push((component.name, name(variant)));
            }
        }
        chosen
    }
}

/// The page of a site that was handed in with the payload wherever `intake` lets it pass.
pub fn handed_in(attack: Attack) -> String {
    let folder = Folder::empty();
    folder.write("files/pic.svg", PICTURE);
    let leaf = |slot: &Slot| accepted(&attack, slot);
    let section = |(name, full): (&str, String)| json!({"component": full, "props": sample::props(name, Size::Two, &mut { leaf })});
    let mut sections: Vec<Value> = attack.components().into_iter().map(section).collect();
    let own = Slot { path: "title".to_owned(), kind: &Kind::Text { max: 160 }, number: 0 };
    sections.push(json!({"component": "hero:own", "props": {"title": accepted(&attack, &own)}}));
    let mut site = folder::site();
    site["name"] = json!({"en": written(&attack.text(), true)});
    site["organisation"] = organisation(&attack);
    site["theme"]["logo"] = json!({"file": "pic.svg", "alt": written(&attack.text(), false)});
    site["components"] = json!({"hero:own": {
        "parameters": {"title": {"kind": "text", "max": 160}},
        "sections": [{"component": "hero", "props": {"title": {"$param": "title"}}}]
    }});
    folder.json("site.json", &site);
    let kind = folder::post_type();
    folder.json("types/post.json", &kind);
    let kind: model::entity::EntityType = serde_json::from_value(kind).unwrap();
    let records = ["one", "two"].map(|slug| {
        let mut record = folder::record(slug);
        record["fields"] = sample::object(&kind.fields, Size::Two, "", &mut 0, &mut { leaf });
        record["fields"]["topic"] = "sea".into();
        record.to_string()
    });
    folder.write("entities/post.jsonl", records.join("\n"));
    let mut page = folder::page("detail", "en", "/posts/:slug");
    page["entity"] = "post".into();
    page["title"] = format!("{{title}} {}", written(&attack.cut(100), true)).into();
    page["description"] = format!("{{summary}} {}", written(&attack.cut(300), false)).into();
    page["image"] = json!({"file": "pic.svg", "alt": written(&attack.text(), false)});
    page["sections"] = sections.into();
    folder.json("pages/detail.json", &page);
    let mut published = folder.publish().unwrap_or_else(|findings| panic!("{findings:?}"));
    let left_out = folder::left_out(&mut published);
    assert!(left_out.is_empty(), "{:?}: {left_out:?}", attack.text());
    let stage = Stage::of(published);
    let text = attack.text();
    let visit =
        stage.visit("/posts/one", &[("q", &text), ("after", &text), ("sort", &text), ("topic", &text)]);
    let drawn = stage.render(&visit);
    assert_eq!(drawn.notes, Vec::<String>::new(), "{text:?}");
    drawn.into_html()
}

/// The payload where such a text may be written there, else a good one.
fn written(text: &str, one_line: bool) -> &str {
    model::validate::writable(text, one_line).map_or("fine", |()| text)
}

/// The payload where it passes the check of its place, else a good value.
fn accepted(attack: &Attack, slot: &Slot) -> Value {
    let max = match slot.kind {
        Kind::Text { max } | Kind::LongText { max } | Kind::Rich { max } | Kind::Html { max } => *max,
        _ => 200,
    };
    if matches!(slot.kind, Kind::Image) {
        return json!({"file": "pic.svg", "alt": written(&attack.text(), false)});
    }
    let passes = |mut value: Value| {
        let mut problems: Vec<Problem> = vec![];
        validate::one(&mut value, slot.kind, &Context::default(), "", &mut problems, &mut |_, _, _, _| {});
        problems.is_empty()
    };
    let payload: String = attack.payload.chars().take(max).collect();
    if passes(payload.into()) { attack.cut(max).into() } else { sample::good(slot, false) }
}

pub fn organisation(attack: &Attack) -> Value {
    let text = attack.text();
    json!({
        "type": text, "name": text, "phone": text, "email": text, "same_as": [text, text],
        "address": {"street": text, "city": text, "postcode": text, "country": text}
    })
}
