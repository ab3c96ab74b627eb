//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "footer", css: include_str!("footer.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
