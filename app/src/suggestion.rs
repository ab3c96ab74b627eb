//! A line above the page for visitors who prefer another language in which this very page exists.

use crate::cx::Cx;
use crate::messages::own_name;
use crate::write::{push_attribute, push_text};
use model::names::{Locale, PagePath};
use std::borrow::Cow;

pub const CSS: &str = include_str!("suggestion.css");

/// Its bit in a style sheet's address, behind those of the components.
pub const BIT: u64 = 1 << 63;

/// Draws the line for the first wanted language that the page exists in; answers whether there is one.
pub fn draw(cx: &Cx, wanted: &[&Locale], translations: &[(Locale, PagePath)], out: &mut String) -> bool {
    let found = wanted.iter().find_map(|wanted| translations.iter().find(|(locale, _)| locale == *wanted));
    let Some((locale, path)) = found.filter(|(locale, _)| locale != cx.locale) else { return false };
    out.push_str("<nav class=\"suggestion\"");
    // Two regions of one kind need names to be told apart.
    push_attribute(out, "aria-label", own_name(locale));
    push_attribute(out, "lang", locale.as_str());
    push_attribute(out, "dir", if locale.is_rtl() { "rtl" } else { "ltr" });
    out.push_str("><a");
    push_attribute(out, "href", &path.to_url());
    push_attribute(out, "hreflang", locale.as_str());
    out.push('>');
    push_text(out, &words(locale, cx.locale));
    out.push_str("</a></nav>");
    true
}

/// That this page exists in a language, said in that language; else the language's own name.
fn words(locale: &Locale, shown: &Locale) -> Cow<'static, str> {
    let language = locale.language();
    let words = match language {
        "ar" => "هذه الصفحة متوفرة بالعربية",
        "de" => "Diese Seite gibt es auf Deutsch",
        "en" => "This page is available in English",
        "es" => "Esta página está disponible en español",
        "fa" => "این صفحه به فارسی موجود است",
        "fr" => "Cette page existe en français",
        "he" => "הדף הזה זמין בעברית",
        "it" => "Questa pagina è disponibile in italiano",
        "nl" => "Deze pagina is er in het Nederlands",
        "pl" => "Ta strona jest dostępna po polsku",
        "pt" => "Esta página está disponível em português",
        "tr" => "Bu sayfa Türkçe olarak var",
        "ur" => "یہ صفحہ اردو میں دستیاب ہے",
        _ => "",
    };
    if words.is_empty() || language == shown.language() {
        // Two kinds of one language are told apart by their tags.
        return Cow::Owned(format!("{} ({locale})", own_name(locale)));
    }
    Cow::Borrowed(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Page;
    use serde_json::json;

    fn body(alternates: serde_json::Value, wanted: &[&str]) -> (String, bool, String) {
        let wanted: Vec<_> = wanted.iter().map(|l| Locale::parse(l).unwrap()).collect();
        let page = Page { page: json!({"alternates": alternates}), path: "/about", ..Page::default() };
        let drawn = page.suggesting(&json!([]), &wanted.iter().collect::<Vec<_>>());
        (drawn.body, drawn.translated, drawn.head)
    }

    #[test]
    fn the_first_wanted_language_of_the_page_is_suggested_in_its_own_words() {
        for (wanted, expected) in [
            (
                &["de"][..],
                "<nav class=\"suggestion\" aria-label=\"Deutsch\" lang=\"de\" dir=\"ltr\"><a href=\"/de/%C3%BCber-uns\" hreflang=\"de\">Diese Seite gibt es auf Deutsch</a></nav>",
            ),
            (
                &["fr", "ar"],
                "<nav class=\"suggestion\" aria-label=\"العربية\" lang=\"ar\" dir=\"rtl\"><a href=\"/ar/%D9%85%D9%86-%D9%86%D8%AD%D9%86\" hreflang=\"ar\">هذه الصفحة متوفرة بالعربية</a></nav>",
            ),
        ] {
            let three = json!([["en", "/about"], ["ar", "/ar/من-نحن"], ["de", "/de/über-uns"]]);
            let (body, translated, head) = body(three, wanted);
            assert!(body.contains(expected), "{body}");
            assert!(translated && head.contains("-8000000000000000.css"), "{head}");
            assert!(
                body.find("class=\"skip\"") < body.find("<nav class=\"suggestion"),
                "the skip link comes first"
            );
        }
    }

    #[test]
    fn nothing_is_suggested_where_the_page_does_not_exist_in_a_wanted_language() {
        let three = || json!([["en", "/about"], ["ar", "/ar/about"], ["de", "/de/about"]]);
        for (alternates, wanted, translated) in
            [(three(), &["fr"][..], true), (three(), &[], true), (json!([]), &["de"], false)]
        {
            let (body, is, head) = body(alternates, wanted);
            assert!(!body.contains("suggestion") && head.contains("-0.css"), "{body}");
            assert_eq!(is, translated);
        }
    }

    #[test]
    fn a_language_without_words_of_ours_has_its_name_and_tag() {
        let (body, ..) = body(json!([["en", "/about"], ["sv", "/sv"], ["en-us", "/us"]]), &["sv"]);
        assert!(body.contains("hreflang=\"sv\">Svenska (sv)</a>"), "{body}");
    }
}
