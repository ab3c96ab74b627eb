//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "logos", css: include_str!("logos.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
