//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "entity-detail", css: include_str!("entity_detail.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
