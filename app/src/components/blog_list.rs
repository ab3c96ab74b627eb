//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "blog-list", css: include_str!("blog_list.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
