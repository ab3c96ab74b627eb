//! What a page that is not published says about itself: until when it can be seen, and what keeps it from being
//! published.

use crate::cx::Preview;
use crate::write::push_text;
use model::locale;
use model::names::Locale;

pub const CSS: &str = include_str!("preview.css");

/// Its bit in a style sheet's address, behind those of the components.
pub const BIT: u64 = 1 << 62;

pub fn draw(preview: &Preview, locale: &Locale, out: &mut String) {
    out.push_str("<aside class=\"preview\">");
    let (open, close) = match preview.problems {
        [] => ("<p>", "</p>"),
        _ => ("<details><summary>", "</summary>"),
    };
    out.push_str(open);
    push_text(out, &words(locale, preview.until));
    if !preview.problems.is_empty() {
        out.push_str(&format!("<b>⚠ {}</b>", preview.problems.len()));
    }
    out.push_str(close);
    if !preview.problems.is_empty() {
        out.push_str("<ul lang=\"en\" dir=\"ltr\">");
        for problem in preview.problems {
            out.push_str("<li>");
            push_text(out, problem);
            out.push_str("</li>");
        }
        out.push_str("</ul></details>");
    }
    out.push_str("</aside>");
}

fn words(shown: &Locale, until: &str) -> String {
    let words = match shown.language() {
        "ar" => "معاينة حتى",
        "de" => "Vorschau bis",
        "es" => "Vista previa hasta el",
        "fa" => "پیش‌نمایش تا",
        "fr" => "Aperçu jusqu’au",
        "he" => "תצוגה מקדימה עד",
        "it" => "Anteprima fino al",
        "nl" => "Voorbeeld tot",
        "pl" => "Podgląd do",
        "pt" => "Pré-visualização até",
        "tr" => "Önizleme, bitiş:",
        "ur" => "پیش نظارہ تا",
        _ => "Preview until",
    };
    let time = until.get(11..16).unwrap_or_default();
    format!("{words} {}, {time} UTC", locale::date(shown, until))
}

#[cfg(test)]
mod tests {
    use crate::testing::Page;
    use serde_json::json;

    #[test]
    fn a_preview_says_until_when_and_is_not_for_search_engines() {
        let page = Page { preview: true, ..Page::default() };
        let drawn = page.render(&json!([]));
        let bar = "</a><aside class=\"preview\"><p>Preview until 14 March 2026, 09:30 UTC</p></aside>";
        assert!(drawn.body.contains(bar), "{}", drawn.body);
        assert!(drawn.head.contains("<meta name=\"robots\" content=\"noindex\">"), "{}", drawn.head);
        assert!(drawn.head.contains("-4000000000000000.css"), "{}", drawn.head);
        assert!(!Page::default().render(&json!([])).body.contains("preview"));
    }

    #[test]
    fn a_preview_speaks_the_language_of_its_page() {
        let page = Page { preview: true, page: json!({"locale": "ar"}), ..Page::default() };
        assert!(page.render(&json!([])).body.contains("معاينة حتى 14 مارس 2026, 09:30 UTC"));
    }

    #[test]
    fn what_keeps_drafts_from_being_published_is_listed_and_escaped() {
        let problems = vec!["pages/home: there is no page <b>/x</b>".to_owned()];
        let page = Page { preview: true, problems, ..Page::default() };
        let body = page.render(&json!([{"component": "nothing"}])).body;
        assert!(body.contains("<b>⚠ 1</b></summary><ul lang=\"en\" dir=\"ltr\"><li>pages/home: there is no page &lt;b&gt;/x&lt;/b&gt;</li></ul></details></aside>"), "{body}");
        assert!(
            body.contains("<p class=\"undrawn\" role=\"alert\">nothing: there is no component"),
            "{body}"
        );
    }
}
