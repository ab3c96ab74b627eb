//! What values and sections may refer to.

use crate::files::Files;
use app::composition::substitute;
use model::entity::{EntityType, TypeSummary};
use model::ids::TypeName;
use model::names::{Locale, PagePath};
use model::records::Pattern;
use model::schema::Field;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What values and sections may refer to, and where they stand.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub files: &'a dyn Files,
    pub types: &'a BTreeMap<TypeName, EntityType>,
    pub summaries: &'a BTreeMap<TypeName, TypeSummary>,
    /// The pages of records.
    pub details: &'a [Detail],
    /// The site's own components.
    pub own: &'a BTreeMap<String, Own>,
    /// Inside the definition of one of them: its parameters.
    pub parameters: Option<&'a [Field]>,
    /// The locale of the page or frame.
    pub locale: Option<&'a Locale>,
    /// The type of the records that the page shows.
    pub entity: Option<&'a TypeName>,
    /// Collects what the values lead to.
    pub links: &'a RefCell<Vec<Mention>>,
}

/// A link, and the place of the value that holds it.
#[derive(Debug)]
pub struct Mention {
    pub path: String,
    pub href: String,
}

/// The page of a type's records in a locale: its path ends in `:slug`.
pub struct Detail {
    pub kind: TypeName,
    pub locale: Locale,
    pub path: PagePath,
}

impl Detail {
    pub fn of(pattern: &Pattern) -> Option<Self> {
        let path = PagePath::parse(&format!("{}:slug", pattern.prefix)).ok()?;
        Some(Self { kind: pattern.kind.clone(), locale: pattern.route.locale.clone(), path })
    }

    pub fn path_of(&self, slug: &str) -> String {
        self.path.as_str().replace(":slug", slug)
    }
}

/// A component of the site's own.
pub struct Own {
    pub parameters: Vec<Field>,
    /// The sections that had no problem, as they were written.
    pub sections: Vec<Value>,
    /// Its definition as it is stored.
    pub stored: Value,
}

impl Own {
    /// The sections that a use with these props stands for, as somebody could have written them.
    pub fn expand(&self, props: &Map<String, Value>) -> Vec<Value> {
        let defaults = self.parameters.iter().filter_map(|p| Some((p.name.clone(), p.default.clone()?)));
        let mut given: Map<String, Value> = defaults.collect();
        given.extend(props.clone());
        let mut sections = Value::from(self.sections.clone());
        substitute(&mut sections, &given);
        match sections {
            Value::Array(sections) => sections,
            _ => vec![],
        }
    }
}
