//! One vocabulary of field kinds for component props and entity types. From a schema come the validation, the
//! editor's form and the documentation.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A value that a person can type, with its limits. Lengths are counted in Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// One line of plain text.
    Text {
        #[serde(default = "max_text")]
        max: usize,
    },
    /// Plain text of several paragraphs; an empty line separates them.
    LongText {
        #[serde(default = "max_long_text")]
        max: usize,
    },
    /// Formatted text: HTML of a small set of elements, sanitised when it is written.
    Rich {
        #[serde(default = "max_rich")]
        max: usize,
    },
    /// Custom HTML of a wider set of elements, sanitised when it is written.
    Html {
        #[serde(default = "max_rich")]
        max: usize,
    },
    Number {
        min: Option<f64>,
        max: Option<f64>,
    },
    Integer {
        min: Option<i64>,
        max: Option<i64>,
    },
    Boolean,
    /// A calendar day, `2026-03-14`.
    Date,
    /// An instant in UTC, `2026-03-14T09:30:00Z`.
    #[serde(rename = "datetime")]
    DateTime,
    /// `{"amount": 129900, "currency": "EUR"}`: minor units and an ISO 4217 code.
    Money,
    /// One of a fixed list.
    Choice {
        choices: Vec<Choice>,
    },
    /// One of the built-in icons.
    Icon,
    /// A URL that may be linked to (see `safe::SafeUrl`).
    Url,
    /// A page's path on this site, such as `/about`; a part may be `:slug`.
    Path,
    /// `{"label": "…", "href": "…"}`.
    Link,
    /// A picture of this site with its alternative text.
    Image,
    /// An identifier in lower case: `a-z`, `0-9`, `-`, `_`.
    Name,
    /// The id of a record of another type.
    Relation {
        to: String,
    },
    List {
        of: Box<Kind>,
        #[serde(default)]
        min: usize,
        #[serde(default = "max_list")]
        max: usize,
    },
    Object {
        fields: Vec<Field>,
    },
    /// Texts by name: `{"category": "laptops"}`.
    Map,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

fn max_text() -> usize {
    200
}
fn max_long_text() -> usize {
    5_000
}
fn max_rich() -> usize {
    100_000
}
fn max_list() -> usize {
    200
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    #[serde(flatten)]
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Whether the full-text search reads it (entity types only).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub searchable: bool,
    /// Whether two records of a type and locale may not share its value (entity types only).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
}

impl Field {
    pub fn new(name: &str, kind: Kind) -> Self {
        let label = name.replace('_', " ");
        let label = label.chars().take(1).flat_map(char::to_uppercase).chain(label.chars().skip(1)).collect();
        Self {
            name: name.to_owned(),
            label,
            kind,
            required: false,
            default: None,
            searchable: false,
            unique: false,
        }
    }

    pub fn text(name: &str, max: usize) -> Self {
        Self::new(name, Kind::Text { max })
    }

    pub fn long_text(name: &str, max: usize) -> Self {
        Self::new(name, Kind::LongText { max })
    }

    pub fn rich(name: &str) -> Self {
        Self::new(name, Kind::Rich { max: max_rich() })
    }

    pub fn boolean(name: &str) -> Self {
        Self::new(name, Kind::Boolean)
    }

    pub fn integer(name: &str, min: i64, max: i64) -> Self {
        Self::new(name, Kind::Integer { min: Some(min), max: Some(max) })
    }

    pub fn choice(name: &str, values: &[&str]) -> Self {
        let choices =
            values.iter().map(|v| Choice { value: (*v).to_owned(), label: (*v).to_owned() }).collect();
        Self::new(name, Kind::Choice { choices })
    }

    pub fn image(name: &str) -> Self {
        Self::new(name, Kind::Image)
    }

    pub fn link(name: &str) -> Self {
        Self::new(name, Kind::Link)
    }

    pub fn links(name: &str, max: usize) -> Self {
        Self::list(name, Kind::Link, max)
    }

    pub fn list(name: &str, of: Kind, max: usize) -> Self {
        Self::new(name, Kind::List { of: Box::new(of), min: 0, max })
    }

    /// A list of objects.
    pub fn items(name: &str, max: usize, fields: Vec<Field>) -> Self {
        Self::list(name, Kind::Object { fields }, max)
    }

    pub fn object(name: &str, fields: Vec<Field>) -> Self {
        Self::new(name, Kind::Object { fields })
    }

    pub fn required(mut self) -> Self {
        self.required = true;
        if let Kind::List { min, .. } = &mut self.kind {
            *min = (*min).max(1);
        }
        self
    }

    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }
}

/// The names of the built-in icons; `app` draws them.
pub const ICONS: [&str; 40] = [
    "arrow", "bolt", "book", "box", "calendar", "camera", "cart", "chat", "check", "clock", "cloud", "code",
    "compass", "cup", "flag", "gift", "globe", "heart", "home", "key", "layers", "leaf", "lock", "mail",
    "map", "medal", "music", "palette", "people", "phone", "play", "rocket", "search", "shield", "spark",
    "star", "sun", "tools", "truck", "wheat",
];
