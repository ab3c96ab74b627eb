//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component = Component { name: "text", css: include_str!("text.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
