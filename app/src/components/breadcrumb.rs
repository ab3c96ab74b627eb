//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "breadcrumb", css: include_str!("breadcrumb.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
