//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "product-list", css: include_str!("product_list.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
