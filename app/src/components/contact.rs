//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "contact", css: include_str!("contact.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
