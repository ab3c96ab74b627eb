//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "table", css: include_str!("table.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
