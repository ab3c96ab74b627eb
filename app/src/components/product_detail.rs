//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "product-detail", css: include_str!("product_detail.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
