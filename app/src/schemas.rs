//! The other half of the registry, for those who write: the props schema of each component.

use crate::registry;
use model::schema::Field;

macro_rules! schema_of {
    ($($module:ident)*) => {
        /// The fields of a component's props.
        pub fn of(name: &str) -> Option<Vec<Field>> {
            $(
                if name == $crate::components::$module::COMPONENT.name {
                    return Some($crate::components::$module::schema());
                }
            )*
            None
        }
    };
}
crate::for_each_component!(schema_of);

/// What can be named in a section: `hero`, `hero:split`, …
pub fn known_names() -> Vec<String> {
    let variants = |c: &&'static crate::component::Component| {
        let name = c.name;
        c.variants.iter().map(move |v| if *v == "default" { name.to_owned() } else { format!("{name}:{v}") })
    };
    registry::COMPONENTS.iter().flat_map(variants).collect()
}
