//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "pricing", css: include_str!("pricing.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
