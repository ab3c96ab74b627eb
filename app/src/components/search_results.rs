//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "search-results", css: include_str!("search_results.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
