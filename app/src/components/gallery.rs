//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "gallery", css: include_str!("gallery.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
