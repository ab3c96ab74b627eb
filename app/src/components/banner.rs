//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "banner", css: include_str!("banner.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
