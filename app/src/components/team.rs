//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component = Component { name: "team", css: include_str!("team.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
