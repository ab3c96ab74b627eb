//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "product-card", css: include_str!("product_card.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
