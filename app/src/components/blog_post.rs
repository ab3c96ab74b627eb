//! STUB.

use crate::component::Component;
use model::schema::Field;

pub const COMPONENT: Component =
    Component { name: "blog-post", css: include_str!("blog_post.css"), ..Component::BASE };

pub fn schema() -> Vec<Field> {
    vec![]
}
