//! HTML that people write, reduced to what cannot do harm.

use ammonia::Builder;
use std::sync::LazyLock;

const PROSE: [&str; 31] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "code",
    "dd",
    "del",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "ins",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "sub",
    "sup",
    "table",
    "ul",
    "kbd",
];
const TABLE: [&str; 5] = ["tbody", "td", "th", "thead", "tr"];
const LAYOUT: [&str; 11] =
    ["article", "aside", "details", "div", "footer", "header", "mark", "section", "small", "span", "summary"];

/// Elements in each other: at each tag the parser looks through all that are open, and takes seconds for some thousand.
pub const MAX_DEPTH: usize = 256;

/// Elements that others end, or that hold nothing.
const ENDED: [&str; 15] =
    ["br", "col", "dd", "dt", "hr", "img", "input", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr"];

/// Whether elements stand too deep in each other. Only an end that fits the last start counts.
pub fn is_deep(html: &str) -> bool {
    let mut open: Vec<&str> = vec![];
    for tag in html.split('<').skip(1) {
        let (ends, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is = |other: &&str| name.eq_ignore_ascii_case(other);
        if name.is_empty() || ENDED.iter().any(is) {
            continue;
        }
        match ends {
            true if open.last().is_some_and(is) => drop(open.pop()),
            true => {}
            false => open.push(name),
        }
        if open.len() > MAX_DEPTH {
            return true;
        }
    }
    false
}

fn base(tags: impl Iterator<Item = &'static str>) -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .tags(tags.collect())
        .tag_attributes(
            [
                ("a", ["href", "hreflang"].into()),
                ("ol", ["start", "reversed"].into()),
                ("td", ["colspan", "rowspan"].into()),
                ("th", ["colspan", "rowspan", "scope"].into()),
                ("details", ["open"].into()),
            ]
            .into(),
        )
        .generic_attributes(["lang", "dir"].into())
        .url_schemes(["https", "http", "mailto", "tel"].into())
        .link_rel(Some("noopener"))
        .strip_comments(true);
    builder
}

/// Formatted text: structure and emphasis, no layout.
pub fn rich(html: &str) -> String {
    static PROSE_ONLY: LazyLock<Builder> = LazyLock::new(|| base(PROSE.into_iter().chain(TABLE)));
    PROSE_ONLY.clean(html).to_string()
}

/// Custom HTML: layout elements and class names besides.
pub fn custom(html: &str) -> String {
    static WITH_LAYOUT: LazyLock<Builder> = LazyLock::new(|| {
        let mut builder = base(PROSE.into_iter().chain(TABLE).chain(LAYOUT));
        builder.add_generic_attributes(["class"]);
        builder
    });
    WITH_LAYOUT.clean(html).to_string()
}

/// Where the links of sanitised HTML lead.
pub fn links(clean: &str) -> Vec<String> {
    let tags = clean.split("<a ").skip(1).filter_map(|rest| rest.split('>').next());
    let hrefs = tags.filter_map(|tag| tag.split("href=\"").nth(1)?.split('"').next());
    hrefs.map(|href| href.replace("&quot;", "\"").replace("&nbsp;", "\u{a0}").replace("&amp;", "&")).collect()
}

/// The text of HTML, for searching.
pub fn plain(html: &str) -> String {
    let spaced = html.replace('<', " <");
    let text = Builder::empty().clean(&spaced).to_string();
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_survives_and_scripts_do_not() {
        let given = "<h2>Hi</h2><p onclick=x>a <a href=\"javascript:x\">b</a> <a href='/c'>c</a></p><script>x</script><img src=x onerror=x>";
        assert_eq!(
            rich(given),
            "<h2>Hi</h2><p>a <a rel=\"noopener\">b</a> <a href=\"/c\" rel=\"noopener\">c</a></p>"
        );
    }

    #[test]
    fn elements_that_are_deep_in_each_other_are_told_from_many() {
        for deep in ["<ul><li>", "<DIV>", "<b><ul></b>", "<ul></i>", "<table><tr><td>", "<x y='z'>"] {
            assert!(is_deep(&deep.repeat(300)), "{deep}");
        }
        for many in [
            "<p>a",
            "<p>a<br>b",
            "<ul><li>a<li>b</ul>",
            "<p><b>a</B></p>",
            "a < b",
            "<table><tr><td>a</table>",
        ] {
            assert!(!is_deep(&many.repeat(1000)), "{many}");
        }
        assert!(!is_deep(&("<div>".repeat(256) + &"</div>".repeat(256))));
    }

    #[test]
    fn links_are_found_as_they_will_be_followed() {
        let clean = rich(
            "<p><a href='/a?b=1&amp;c=2' hreflang=en>x</a> <a>y</a> a &lt;a href=\"/no\"> <a href=#z>z</a></p>",
        );
        assert_eq!(links(&clean), ["/a?b=1&c=2", "#z"]);
    }

    #[test]
    fn class_names_are_for_custom_html_only() {
        assert_eq!(rich("<p class=x>a</p>"), "<p>a</p>");
        assert_eq!(custom("<div class=x style=y><p>a</p></div>"), "<div class=\"x\"><p>a</p></div>");
    }

    #[test]
    fn plain_text_keeps_words_apart() {
        assert_eq!(plain("<p>one</p><p>two &amp; <b>three</b></p>"), "one two & three");
    }
}
