//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component = Component { name: "form", css: include_str!("form.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
