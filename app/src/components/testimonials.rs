//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "testimonials", css: include_str!("testimonials.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
