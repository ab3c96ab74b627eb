//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "entity-list", css: include_str!("entity_list.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
