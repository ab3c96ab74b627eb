//! Which of a site's languages a visitor prefers. It is a suggestion and never decides which page is shown.

use model::names::Locale;

/// Ranges that are looked at; browsers send fewer.
const MAX_RANGES: usize = 16;

/// Characters of a range; RFC 5646 section 4.4.1 lets software stop at 35.
const MAX_RANGE: usize = 35;

/// Preferences that count. Each order of them makes an answer of its own.
const MAX_PREFERRED: usize = 2;

/// The site's locales that an `Accept-Language` header asks for, the most wanted first (RFC 9110 section 12.5.4).
pub fn preferred(header: &str, locales: &[Locale]) -> Vec<Locale> {
    let mut ranges: Vec<(&str, u16)> = header.split(',').take(MAX_RANGES).filter_map(range).collect();
    // Equal weights stay in the order in which they were written.
    ranges.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    let mut found: Vec<Locale> = vec![];
    for locale in ranges.iter().filter_map(|(range, _)| lookup(range, locales)) {
        if found.len() < MAX_PREFERRED && !found.contains(locale) {
            found.push(locale.clone());
        }
    }
    found
}

/// A range with its weight in thousandths; `None` for one that is unwanted or cannot be read.
fn range(text: &str) -> Option<(&str, u16)> {
    let (range, parameter) = text.split_once(';').unwrap_or((text, ""));
    let weight: f64 = match parameter.trim() {
        "" => 1.0,
        parameter => parameter.strip_prefix("q=").or(parameter.strip_prefix("Q="))?.trim().parse().ok()?,
    };
    let range = range.trim();
    let fits = (0.001..=1.0).contains(&weight) && range.len() <= MAX_RANGE;
    fits.then_some((range, (weight * 1_000.0) as u16))
}

/// RFC 4647 section 3.4: the range, then the range without its last subtag, and so on. Where that finds nothing, a
/// locale that begins with the range will do: who asks for `de` reads `de-CH`.
fn lookup<'l>(range: &str, locales: &'l [Locale]) -> Option<&'l Locale> {
    let mut rest = range;
    loop {
        if let Some(locale) = locales.iter().find(|l| l.as_str().eq_ignore_ascii_case(rest)) {
            return Some(locale);
        }
        let Some((shorter, _)) = rest.rsplit_once('-') else { break };
        // A singleton says what follows it and goes with it.
        rest = match shorter.rsplit_once('-') {
            Some((before, single)) if single.len() == 1 => before,
            _ => shorter,
        };
    }
    locales.iter().find(|l| {
        let start = l.as_str().get(..range.len());
        start.is_some_and(|s| s.eq_ignore_ascii_case(range))
            && l.as_str().get(range.len()..).is_some_and(|rest| rest.starts_with('-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_are_read_as_rfc_9110_and_rfc_4647_say() {
        for (header, locales, expected) in [
            ("de", "en de", "de"),
            ("DE", "en de", "de"),
            ("de-AT", "en de", "de"),
            ("de-AT-1996", "en de-at de", "de-AT"),
            ("de", "en de-ch", "de-ch"),
            ("zh-Hant-x-private", "en zh-hant", "zh-hant"),
            ("fr,de;q=0.8,en;q=0.9", "en de", "en,de"),
            ("ar;q=0.3, en ; q=0.7", "en ar", "en,ar"),
            ("de;q=0, en", "en de", "en"),
            ("en-US,en;q=0.9,ar;q=0.8", "en ar", "en,ar"),
            ("fr,es,de,en", "en de es fr", "fr,es"),
            ("*", "en de", ""),
            ("", "en de", ""),
            ("d", "en de", ""),
            ("de;q=2, ar;q=x, fr;level=1", "en de ar fr", ""),
            (",,;;=,-,--,de-", "en de", "de"),
        ] {
            let locales: Vec<_> = locales.split(' ').map(|l| Locale::parse(l).unwrap()).collect();
            let found: Vec<_> = preferred(header, &locales).iter().map(ToString::to_string).collect();
            assert_eq!(found.join(",").to_lowercase(), expected.to_lowercase(), "{header}");
        }
    }

    #[test]
    fn a_header_of_any_length_is_read_in_bounded_time() {
        let locales = [Locale::parse("en").unwrap(), Locale::parse("de").unwrap()];
        assert!(preferred(&"x,".repeat(100_000), &locales).is_empty());
        assert!(preferred(&"x-".repeat(100_000), &locales).is_empty());
    }
}
