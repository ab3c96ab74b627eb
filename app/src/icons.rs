//! The built-in icons: outlines on a 24 by 24 grid, drawn for this product.

use crate::write::draw;
use leptos::prelude::RenderHtml;

/// An icon beside a text that says the same; screen readers skip it.
pub fn icon(name: &str) -> impl RenderHtml + '_ {
    draw(move |out| {
        if let Some(path) = path(name) {
            out.push_str("<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\"><path d=\"");
            out.push_str(path);
            out.push_str("\"/></svg>");
        }
    })
}

fn path(name: &str) -> Option<&'static str> {
    Some(match name {
        "arrow" => "M4 12h15m-6-6 6 6-6 6",
        "bolt" => "M13 3 5 14h6l-1 7 8-11h-6z",
        "book" => "M5 4h10a4 4 0 0 1 4 4v12H8a3 3 0 0 1-3-3zm0 13a3 3 0 0 1 3-3h11",
        "box" => "m12 3 8 4.5v9L12 21l-8-4.5v-9zm0 9 8-4.5M12 12v9m0-9L4 7.5",
        "calendar" => "M5 6h14v14H5zm0 5h14M9 3v5m6-5v5",
        "camera" => "M4 8h4l2-3h4l2 3h4v11H4zm8 9a4 4 0 1 0 0-8 4 4 0 0 0 0 8",
        "cart" => "M3 4h3l2.5 11h9L20 8H7m2.5 11.5v.5m7-.5v.5",
        "chat" => "M4 5h16v11h-8l-5 4v-4H4z",
        "check" => "m5 12.5 4.5 4.5L19 7",
        "clock" => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18m0-14v5l3.5 2",
        "cloud" => "M7 18a4 4 0 0 1-.5-8 6 6 0 0 1 11.5 1 3.5 3.5 0 0 1-.5 7z",
        "code" => "m8 7-5 5 5 5m8-10 5 5-5 5M13.5 5l-3 14",
        "compass" => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18m3.5-12.5-2 5-5 2 2-5z",
        "cup" => "M5 8h12v6a5 5 0 0 1-5 5h-2a5 5 0 0 1-5-5zm12 2h1.500a2.500 2.500 0 0 1 0 5H17M9 3v2m4-2v2",
        "flag" => "M6 21V4h11l-2 4 2 4H6",
        "gift" => {
            "M4 9h16v4H4zm1 4v7h14v-7M12 9v11m0-11C9 9 7 7.500 8 5.500S12 6 12 9c0-3 3-5.500 4-3.500S15 9 12 9"
        }
        "globe" => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3c-5 5-5 13 0 18m0-18c5 5 5 13 0 18",
        "heart" => "M12 20S4 15 4 9a4 4 0 0 1 8-1 4 4 0 0 1 8 1c0 6-8 11-8 11",
        "home" => "m4 11 8-7 8 7v9h-5v-6H9v6H4z",
        "key" => "M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8m4-4h9m-3 0v4m-3-4v3",
        "layers" => "m12 4 9 5-9 5-9-5zm-9 9 9 5 9-5",
        "leaf" => "M5 19C4 9 10 4 20 4c0 10-5 16-13 14M5 20l8-9",
        "lock" => "M6 11h12v9H6zm2 0V8a4 4 0 0 1 8 0v3m-4 3v3",
        "mail" => "M4 6h16v12H4zm0 1 8 6 8-6",
        "map" => {
            "M12 21s-7-6-7-11a7 7 0 0 1 14 0c0 5-7 11-7 11m0-8.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5"
        }
        "medal" => "M12 20a5 5 0 1 0 0-10 5 5 0 0 0 0 10M9 10.500 6 4h4l2 4 2-4h4l-3 6.500",
        "music" => {
            "M9 18V6l10-2v12M9 18a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0m10-2a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0"
        }
        "palette" => {
            "M12 21a9 9 0 1 1 9-9c0 3-2 4-4 4h-2a2 2 0 0 0-1 3.500c.5.8-.5 1.500-2 1.500M7.500 12v.01M9.500 8v.01M14 7.500v.01M17 11v.01"
        }
        "people" => {
            "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7m-6 9c0-4 2.500-6 6-6s6 2 6 6m0-9.500a3 3 0 1 0-1-5.800M17 14c2.500.5 4 2.500 4 6"
        }
        "phone" => {
            "M6 4h3l2 5-2 1.500c1 2 2.500 3.500 4.500 4.500l1.500-2 5 2v3c0 1-1 2-2 2C10 20 4 14 4 6c0-1 1-2 2-2"
        }
        "play" => "M8 5v14l11-7z",
        "rocket" => {
            "M12 15 9 12c1-5 4-8.500 11-9-.5 7-4 10-9 11m-2-2H5l3-4h3m1 7v4l4-3v-3M6 16c-1.500 1-2 3-2 4 1 0 3-.5 4-2"
        }
        "search" => "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14m5-2 5 5",
        "shield" => "M12 3 5 6v6c0 4 3 7.500 7 9 4-1.500 7-5 7-9V6zm-3 9 2.500 2.500L15.500 10",
        "spark" => "M12 3v5m0 8v5m9-9h-5m-8 0H3m12-3 3-3M6 18l3-3m0-6L6 6m12 12-3-3",
        "star" => {
            "m12 4 2.500 5.300 5.700.8-4.100 4 1 5.700-5.100-2.700-5.100 2.700 1-5.700-4.100-4 5.700-.8z"
        }
        "sun" => {
            "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8m0-13v2m0 14v2m9-9h-2M5 12H3m15.400-6.400L17 7M7 17l-1.400 1.400m12.800 0L17 17M7 7 5.600 5.600"
        }
        "tools" => "m14 7 3-3a4 4 0 0 1-5 6l-6.500 8a2 2 0 0 1-3-3L11 9a4 4 0 0 1 5-5l-3 3zm1 7 5 5",
        "truck" => {
            "M3 6h11v10H3zm11 4h4l3 3v3h-7M7.500 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4m9.500 0a2 2 0 1 0 0-4 2 2 0 0 0 0 4"
        }
        "wheat" => {
            "M12 21V9m0 0c-2-1-3-3-3-5 2 0 3 2 3 5m0 0c2-1 3-3 3-5-2 0-3 2-3 5m0 5c-3 0-5-2-5-4 3-.5 5 1 5 4m0 0c3 0 5-2 5-4-3-.5-5 1-5 4m0 5c-3 0-5-2-5-4 3-.5 5 1 5 4m0 0c3 0 5-2 5-4-3-.5-5 1-5 4"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_icon_of_the_schema_is_drawn() {
        for name in model::schema::ICONS {
            assert!(super::path(name).is_some(), "{name}");
        }
    }
}
