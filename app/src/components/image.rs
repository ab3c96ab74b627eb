//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "image", css: include_str!("image.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
