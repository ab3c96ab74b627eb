//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component = Component { name: "tabs", css: include_str!("tabs.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
