//! The written-out list of components. Palette, validation, style sheets, editor forms and docs all read it.

use crate::component::Component;

/// Calls a macro with the module of every component. The order is part of style sheet addresses: add at the end.
#[macro_export]
macro_rules! for_each_component {
    ($callback:ident) => {
        $callback! {
            header footer hero text rich_text image gallery video features steps stats testimonials logos
            team pricing faq cta banner tabs columns grid container contact form entity_list entity_detail
            product_card product_list product_detail blog_list blog_post breadcrumb pagination search_box
            search_results table code quote divider html
        }
    };
}

macro_rules! list {
    ($($module:ident)*) => {
        pub static COMPONENTS: &[&Component] = &[$(&$crate::components::$module::COMPONENT),*];
    };
}
for_each_component!(list);

/// The component of a name, and its place in the list.
pub fn find(name: &str) -> Option<(usize, &'static Component)> {
    COMPONENTS.iter().enumerate().find(|(_, c)| c.name == name).map(|(n, c)| (n, *c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_components_fits_in_the_bits_of_a_style_sheet_address() {
        // The last two are the preview's and the suggestion's.
        assert!(COMPONENTS.len() < 63 && crate::preview::BIT | crate::suggestion::BIT == 3 << 62);
    }

    #[test]
    fn names_are_unique_and_default_is_the_first_variant() {
        for (n, component) in COMPONENTS.iter().enumerate() {
            assert_eq!(find(component.name).map(|(at, _)| at), Some(n), "{}", component.name);
            assert_eq!(component.variants.first(), Some(&"default"), "{}", component.name);
        }
    }
}
