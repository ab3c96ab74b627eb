//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "stats", css: include_str!("stats.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
