//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "search-box", css: include_str!("search_box.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
