//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component = Component { name: "cta", css: include_str!("cta.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
