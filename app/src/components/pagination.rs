//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "pagination", css: include_str!("pagination.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
