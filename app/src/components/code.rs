//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component = Component { name: "code", css: include_str!("code.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
