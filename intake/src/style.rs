//! A site's own CSS: parsed, limited, minified.

use cssparser::{ParseError, Parser, ParserInput, Token};
use lightningcss::properties::custom::Function;
use lightningcss::rules::CssRule;
use lightningcss::stylesheet::{ParserOptions, PrinterOptions, StyleSheet};
use lightningcss::values::image::Image;
use lightningcss::values::url::Url;
use lightningcss::visit_types;
use lightningcss::visitor::{Visit, VisitTypes, Visitor};

/// Longest custom CSS in bytes: a few hundred rules, small beside the pictures of any page.
pub const MAX_BYTES: usize = 32 * 1024;

/// Blocks, brackets and functions in each other: what is far deeper takes more stack than there is.
const MAX_DEPTH: usize = 32;

fn is_deep(css: &mut Parser, left: usize) -> bool {
    while let Ok(token) = css.next() {
        let opens = matches!(
            token,
            Token::Function(_)
                | Token::ParenthesisBlock
                | Token::SquareBracketBlock
                | Token::CurlyBracketBlock
        );
        if !opens {
            continue;
        }
        let inner = |css: &mut Parser| Ok::<_, ParseError<()>>(is_deep(css, left - 1));
        // What is left unread within is an error as well.
        if left == 0 || css.parse_nested_block(inner).unwrap_or(true) {
            return true;
        }
    }
    false
}

/// Parsed and minified CSS, or why it is refused.
pub fn parse(css: &str) -> Result<String, String> {
    if css.len() > MAX_BYTES {
        return Err(format!("custom CSS is limited to {MAX_BYTES} bytes, found {}: shorten it", css.len()));
    }
    if is_deep(&mut Parser::new(&mut ParserInput::new(css)), MAX_DEPTH) {
        return Err(format!(
            "its blocks and brackets stand more than {MAX_DEPTH} deep in each other: simplify it"
        ));
    }
    let mut sheet = StyleSheet::parse(css, ParserOptions::default())
        .map_err(|e| format!("this is not CSS: {}", e.to_string().replace('\n', " ")))?;
    let mut limits = Limits(None);
    let _infallible = sheet.visit(&mut limits);
    if let Some(reason) = limits.0 {
        return Err(reason);
    }
    let minified = sheet
        .to_css(PrinterOptions { minify: true, ..PrinterOptions::default() })
        .map_err(|e| format!("this CSS cannot be written: {e}"))?;
    // The sheet is served as a file of its own, so nothing in it can end an element.
    Ok(minified.code)
}

struct Limits(Option<String>);

impl<'i> Visitor<'i> for Limits {
    type Error = std::convert::Infallible;

    fn visit_types(&self) -> VisitTypes {
        visit_types!(RULES | URLS | IMAGES | FUNCTIONS)
    }

    fn visit_rule(&mut self, rule: &mut CssRule<'i>) -> Result<(), Self::Error> {
        let refused = match rule {
            CssRule::Import(_) => Some("@import"),
            CssRule::FontFace(_) => Some("@font-face (fonts are set in the theme)"),
            CssRule::Namespace(_) => Some("@namespace"),
            CssRule::Custom(_) | CssRule::Unknown(_) => Some("an unknown at-rule"),
            _ => None,
        };
        if let Some(what) = refused {
            self.0.get_or_insert_with(|| format!("{what} is not allowed in custom CSS: take it out"));
        }
        rule.visit_children(self)
    }

    fn visit_url(&mut self, url: &mut Url<'i>) -> Result<(), Self::Error> {
        if !url.url.starts_with("/-/file/") {
            self.0.get_or_insert_with(|| {
                format!("url({}) is not allowed: only files of this site, /-/file/…", url.url)
            });
        }
        Ok(())
    }

    /// The pictures of an `image-set` are not among the URLs that the visitor is led to.
    fn visit_image(&mut self, image: &mut Image<'i>) -> Result<(), Self::Error> {
        if let Image::ImageSet(set) = image {
            for option in &mut set.options {
                option.image.visit(self)?;
            }
        }
        image.visit_children(self)
    }

    /// Functions of a value that was not understood: these load what their texts name.
    fn visit_function(&mut self, function: &mut Function<'i>) -> Result<(), Self::Error> {
        const LOADING: [&str; 5] = ["image-set", "image", "src", "cross-fade", "paint"];
        let name = function.name.0.to_ascii_lowercase();
        if LOADING.contains(&name.trim_start_matches("-webkit-")) {
            self.0.get_or_insert_with(|| {
                format!("{name}() is not allowed with these values: use url(/-/file/…)")
            });
        }
        function.visit_children(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_minified() {
        assert_eq!(
            parse(".hero h1 { color: #ff0000; }\n@media print { a { color: red } }").unwrap(),
            ".hero h1{color:red}@media print{a{color:red}}"
        );
    }

    #[test]
    fn what_is_deep_in_itself_is_refused_before_the_stack_ends() {
        for open in
            ["a{", "a:not(", "a{width:calc(", "a{&:is(", "@media print{", "a[", "a{b:(", "a{--x:\"}\";"]
        {
            for closed in ["", "}"] {
                let deep = open.repeat(30_000 / open.len()) + closed;
                assert!(parse(&deep).is_err(), "{open}");
            }
        }
        let nested = "a{&:hover{".repeat(10) + "color:red" + &"}}".repeat(10);
        assert!(parse(&nested).is_ok(), "{:?}", parse(&nested));
        assert!(parse("a::after{content:\"((((((((((((((((((((((((((((((((((((((((((((((\"}").is_ok());
    }

    #[test]
    fn whatever_loads_from_elsewhere_is_refused() {
        for bad in [
            "@import 'https://x.example/a.css';",
            "a{background:url(https://x.example/p.png)}",
            "@font-face{font-family:x;src:url(/x)}",
            "a{background:url(data:image/png;base64,x)}",
            "a{background:image-set(\"https://x.example/p.png\" 1x)}",
            "a{background:image-set(url(https://x.example/p.png) 1x)}",
            "a{--x:\"https://x.example/p.png\";background:image-set(var(--x) 1x)}",
            "a{--x:-webkit-image-set(\"https://x.example/p.png\" 1x)}",
            "a{background:src(\"https://x.example/p.png\")}",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse("a{background:url(/-/file/ab/x.webp)}").is_ok());
        assert!(parse(&"a{color:red}".repeat(4000)).is_err());
    }
}
