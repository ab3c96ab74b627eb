//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "quote", css: include_str!("quote.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
