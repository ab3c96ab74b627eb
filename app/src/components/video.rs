//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "video", css: include_str!("video.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
