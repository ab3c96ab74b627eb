//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "steps", css: include_str!("steps.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
