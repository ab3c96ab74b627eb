//! Pages to start from: those that come with the product, and those that a tenant keeps. `{title}`, `{site}`, `{type}`,
//! `{index}` and `{link}` in their texts are filled in when a page is made.

use crate::access::{SiteAccess, TenantAccess};
use crate::call::Call;
use crate::change::{Event, make};
use crate::handlers::documents;
use crate::http::{Answer, Reply};
use crate::problem::{Refusal, unless_good};
use crate::repo::{sites, templates};
use crate::secret;
use crate::source::Documents;
use crate::stores::Fault;
use intake::parse::parse;
use intake::starts;
use model::Problem;
use model::entity::EntityType;
use model::ids::PageId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Own templates that a tenant may have.
const MAX: usize = 200;

#[derive(Debug, Serialize, JsonSchema)]
pub struct Template {
    pub id: String,
    pub name: String,
    /// Whether it comes with the product.
    pub built_in: bool,
    /// Whether it shows records, so that a page from it names their type.
    pub of_type: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Whole {
    #[serde(flatten)]
    pub template: Template,
    pub document: Document,
}

/// What a page has beside its place and its title.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    #[schemars(length(min = 1, max = 320))]
    pub description: String,
    #[schemars(length(max = 200))]
    pub sections: Vec<Value>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    #[schemars(length(min = 1, max = 120))]
    pub name: String,
    pub document: Document,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenPage {
    /// The id of a template.
    pub template: String,
    /// Absent: one is made.
    #[serde(default)]
    pub id: Option<String>,
    pub path: String,
    pub locale: String,
    #[schemars(length(min = 1, max = 120))]
    pub title: String,
    /// Pages of the same group are translations of each other.
    #[serde(default)]
    pub group: Option<String>,
    /// Whose records a template shows.
    #[serde(default)]
    pub r#type: Option<String>,
}

fn of_type(text: &str) -> bool {
    text.contains("{type}")
}

fn built_in() -> impl Iterator<Item = Template> {
    starts::PAGES.iter().map(|(id, text)| Template {
        id: (*id).to_owned(),
        name: (*id).to_owned(),
        built_in: true,
        of_type: of_type(text),
    })
}

/// A template with its document; the product's come first.
async fn find(call: &Call<'_>, access: &TenantAccess, id: &str) -> Result<Option<Whole>, Fault> {
    if let Some(template) = built_in().find(|known| known.id == id) {
        let page = starts::page(id, &[]).unwrap_or_default();
        let part = |name: &str| page.get(name).cloned().unwrap_or_default();
        let description = part("description").as_str().unwrap_or_default().to_owned();
        let sections = part("sections").as_array().cloned().unwrap_or_default();
        return Ok(Some(Whole { template, document: Document { description, sections } }));
    }
    let Some(row) = templates::get(call.stores, access, id).await? else { return Ok(None) };
    let (id, name, of_type) = (row.text("id"), row.text("name"), of_type(&row.text("document")));
    let template = Template { id, name, built_in: false, of_type };
    Ok(Some(Whole { template, document: row.json("document")? }))
}

pub async fn list_templates(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let mut all: Vec<Template> = built_in().collect();
    all.extend(templates::list(call.stores, access).await?.iter().map(|row| Template {
        id: row.text("id"),
        name: row.text("name"),
        built_in: false,
        of_type: row.number("of_type") == 1,
    }));
    Ok(Reply::json(200, &all))
}

pub async fn show_template(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let found = find(call, access, call.param("id")).await?.ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, &found))
}

pub async fn save_template(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let (given, id): (Given, _) = (call.body()?, call.param("id"));
    let name = given.name.trim().to_owned();
    let mut problems = vec![];
    if PageId::parse(id).is_err() {
        let form = "use 1 to 64 of the characters a-z, 0-9, - and _, from a letter or digit on";
        problems.push(Problem::new("", format!("{id:?} is no id here: {form}")));
    }
    if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
        problems.push(Problem::new("name", "expected a name of 1 to 120 characters"));
    }
    let description = given.document.description.chars().count();
    if !(1..=320).contains(&description) {
        problems.push(Problem::new("document.description", "expected 1 to 320 characters"));
    }
    if given.document.sections.len() > 200 {
        problems.push(Problem::new("document.sections", "expected at most 200"));
    }
    for (n, section) in given.document.sections.iter().enumerate() {
        if section.get("component").and_then(Value::as_str).is_none() {
            let message = "expected a section, such as {\"component\": \"hero\", \"props\": {…}}";
            problems.push(Problem::new(format!("document.sections[{n}]"), message));
        }
    }
    unless_good(problems)?;
    if built_in().any(|known| known.id == id) {
        return Err(Refusal::State("This template comes with the product: use another id.".to_owned()));
    }
    let known = templates::list(call.stores, access).await?;
    let before = known.iter().find(|row| row.text("id") == id).map(|row| json!({"name": row.text("name")}));
    if before.is_none() && known.len() >= MAX {
        return Err(Refusal::State(format!("There are {MAX} templates already: delete one first.")));
    }
    let document = json!(given.document).to_string();
    let statement = templates::put(call.stores, access, id, &name, &document);
    let event = Event { subject: "template", id: id.to_owned(), before, after: Some(json!({"name": name})) };
    let template = Template { id: id.to_owned(), name, built_in: false, of_type: of_type(&document) };
    let reply = Reply::json(200, &Whole { template, document: given.document });
    Ok(make(call, access, vec![statement], event, reply).await?)
}

pub async fn delete_template(call: &Call<'_>, access: &TenantAccess) -> Answer {
    let found = find(call, access, call.param("id")).await?.ok_or(Refusal::NotFound)?.template;
    if found.built_in {
        return Err(Refusal::State("This template comes with the product.".to_owned()));
    }
    let before = Some(json!({"name": found.name}));
    let statement = templates::remove(access, &found.id);
    let event = Event { subject: "template", id: found.id, before, after: None };
    Ok(make(call, access, vec![statement], event, Reply::empty(204)).await?)
}

pub async fn create_page(call: &Call<'_>, access: &SiteAccess) -> Answer {
    let given: GivenPage = call.body()?;
    let id = match given.id {
        Some(id) => id,
        None => secret::id(call.stores)?,
    };
    if PageId::parse(&id).is_err() {
        let form = "use 1 to 64 of the characters a-z, 0-9, - and _, from a letter or digit on";
        return Err(Problem::new("id", format!("{id:?} is no id here: {form}")).into());
    }
    let found = find(call, access.in_tenant(), &given.template).await?;
    let Some(Whole { template, document }) = found else {
        let message = format!("there is no template {:?}; `GET …/templates` lists them", given.template);
        return Err(Problem::new("template", message).into());
    };
    let (kind, (index, link)) = match (&given.r#type, template.of_type) {
        (Some(kind), _) => (kind.as_str(), list_of(call, access, kind, &given.locale).await?),
        (None, false) => ("", Default::default()),
        (None, true) => {
            return Err(Problem::new("type", "this template shows records: name their type").into());
        }
    };
    let site = sites::get(call.stores, access).await?.unwrap_or_default();
    let names: BTreeMap<String, String> = site.json("name")?;
    let name = names.get(&given.locale).or_else(|| names.values().next()).cloned().unwrap_or_default();
    let mut page = json!(document);
    let words = [
        ("title", given.title.as_str()),
        ("site", &name),
        ("type", kind),
        ("index", &index),
        ("link", &link),
    ];
    starts::fill(&mut page, &words);
    if let Some(fields) = page.as_object_mut() {
        for (name, value) in
            [("id", &id), ("path", &given.path), ("locale", &given.locale), ("title", &given.title)]
        {
            fields.insert(name.to_owned(), json!(value));
        }
        fields.extend(given.group.map(|group| ("group".to_owned(), json!(group))));
    }
    documents::create(call, access, &id, page).await
}

/// The list that takes all of a type's records, newest first where there is such a one, and the path of its records.
async fn list_of(
    call: &Call<'_>,
    access: &SiteAccess,
    kind: &str,
    locale: &str,
) -> Result<(String, String), Refusal> {
    let bad = |why: &str| Problem::new("type", format!("{kind}: {why}"));
    let current = Documents::current(call.stores, access).await?;
    let (_, text) = current.types.get(kind).ok_or_else(|| bad("there is no such entity type"))?;
    let definition: EntityType = parse(text)?;
    let whole = || definition.indexes.iter().filter(|index| index.filter.is_empty());
    let index = whole().find(|index| index.sort == "published_at").or_else(|| whole().next());
    let index = index.ok_or_else(|| bad("it has no index without a filter: add one"))?;
    let mut pages = current.details.iter().filter(|row| row.text("entity") == kind);
    let page = pages.find(|row| row.text("locale") == locale);
    let page = page.ok_or_else(|| bad("no page shows its records in this language: make one first"))?;
    Ok((index.name.to_string(), page.text("path")))
}
