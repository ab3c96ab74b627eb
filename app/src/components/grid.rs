//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component = Component { name: "grid", css: include_str!("grid.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
