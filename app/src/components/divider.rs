//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "divider", css: include_str!("divider.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
