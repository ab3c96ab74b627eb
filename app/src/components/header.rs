//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "header", css: include_str!("header.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
