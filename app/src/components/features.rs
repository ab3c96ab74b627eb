//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "features", css: include_str!("features.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
