//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component = Component { name: "html", css: include_str!("html.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
