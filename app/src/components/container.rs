//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "container", css: include_str!("container.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
