//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component = Component { name: "faq", css: include_str!("faq.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
