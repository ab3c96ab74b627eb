//! How a locale writes numbers, prices and dates. The table holds facts of the Unicode CLDR, release 46
//! (<https://cldr.unicode.org>), for the languages listed; any other locale gets ISO dates and plain numbers.

use crate::names::Locale;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conventions {
    pub decimal: char,
    /// Separator of groups of three digits; a narrow or no-break space where the language uses a space.
    pub group: char,
    /// Groups are written only from this number of digits on (Spanish and Polish write 1234 without).
    pub group_from: usize,
    /// Whether the currency stands before the number, and whether a no-break space stands between.
    pub currency_first: bool,
    pub currency_space: bool,
    /// A long date: `D` the day, `M` the month's name, `Y` the year; other characters as they are.
    pub date: &'static str,
    pub months: [&'static str; 12],
}

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const EN: Conventions = Conventions {
    decimal: '.',
    group: ',',
    group_from: 4,
    currency_first: true,
    currency_space: false,
    date: "D M Y",
    months: ENGLISH,
};
const EN_US: Conventions = Conventions { date: "M D, Y", ..EN };
const DE: Conventions = Conventions {
    decimal: ',',
    group: '.',
    group_from: 4,
    currency_first: false,
    currency_space: true,
    date: "D. M Y",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
};
const FR: Conventions = Conventions {
    decimal: ',',
    group: '\u{202f}',
    group_from: 4,
    currency_first: false,
    currency_space: true,
    date: "D M Y",
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
};
const ES: Conventions = Conventions {
    decimal: ',',
    group: '.',
    group_from: 5,
    currency_first: false,
    currency_space: true,
    date: "D de M de Y",
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
};
const IT: Conventions = Conventions {
    decimal: ',',
    group: '.',
    group_from: 4,
    currency_first: false,
    currency_space: true,
    date: "D M Y",
    months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
};
const PT: Conventions = Conventions {
    decimal: ',',
    group: '.',
    group_from: 4,
    currency_first: true,
    currency_space: true,
    date: "D de M de Y",
    months: [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
};
const NL: Conventions = Conventions {
    decimal: ',',
    group: '.',
    group_from: 4,
    currency_first: true,
    currency_space: true,
    date: "D M Y",
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
};
const PL: Conventions = Conventions {
    decimal: ',',
    group: '\u{a0}',
    group_from: 5,
    currency_first: false,
    currency_space: true,
    date: "D M Y",
    months: [
        "stycznia",
        "lutego",
        "marca",
        "kwietnia",
        "maja",
        "czerwca",
        "lipca",
        "sierpnia",
        "września",
        "października",
        "listopada",
        "grudnia",
    ],
};
const TR: Conventions = Conventions {
    decimal: ',',
    group: '.',
    group_from: 4,
    currency_first: true,
    currency_space: false,
    date: "D M Y",
    months: [
        "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım",
        "Aralık",
    ],
};
const AR: Conventions = Conventions {
    decimal: '.',
    group: ',',
    group_from: 4,
    currency_first: false,
    currency_space: true,
    date: "D M Y",
    months: [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
};
const HE: Conventions = Conventions {
    decimal: '.',
    group: ',',
    group_from: 4,
    currency_first: false,
    currency_space: true,
    date: "D בM Y",
    months: [
        "ינואר",
        "פברואר",
        "מרץ",
        "אפריל",
        "מאי",
        "יוני",
        "יולי",
        "אוגוסט",
        "ספטמבר",
        "אוקטובר",
        "נובמבר",
        "דצמבר",
    ],
};

impl Conventions {
    pub fn of(locale: &Locale) -> Option<&'static Self> {
        Some(match (locale.as_str(), locale.language()) {
            ("en-us", _) => &EN_US,
            (_, "en") => &EN,
            (_, "de") => &DE,
            (_, "fr") => &FR,
            (_, "es") => &ES,
            (_, "it") => &IT,
            (_, "pt") => &PT,
            (_, "nl") => &NL,
            (_, "pl") => &PL,
            (_, "tr") => &TR,
            (_, "ar") => &AR,
            (_, "he") => &HE,
            _ => return None,
        })
    }
}

/// Minor units of a currency where they are not two (ISO 4217).
pub fn minor_digits(currency: &str) -> usize {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

fn symbol(currency: &str) -> &str {
    match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        "INR" => "₹",
        "TRY" => "₺",
        "ILS" => "₪",
        "KRW" => "₩",
        "PLN" => "zł",
        other => other,
    }
}

/// A price from its minor units: `€1,299.00` in English, `1.299,00 €` in German.
pub fn price(locale: &Locale, amount: i64, currency: &str) -> String {
    let digits = minor_digits(currency);
    let text = format!("{:0width$}", amount.unsigned_abs(), width = digits + 1);
    let (whole, minor) = text.split_at_checked(text.len() - digits).unwrap_or((&text, ""));
    let c = Conventions::of(locale);
    let mut number = String::new();
    if amount < 0 {
        number.push('-');
    }
    match c {
        Some(c) => group(whole, c, &mut number),
        None => number.push_str(whole),
    }
    if !minor.is_empty() {
        number.push(c.map_or('.', |c| c.decimal));
        number.push_str(minor);
    }
    let symbol = symbol(currency);
    let space = if c.is_none_or(|c| c.currency_space) || symbol.len() == 3 && symbol.is_ascii() {
        "\u{a0}"
    } else {
        ""
    };
    if c.is_some_and(|c| c.currency_first) {
        format!("{symbol}{space}{number}")
    } else {
        format!("{number}{space}{symbol}")
    }
}

fn group(whole: &str, c: &Conventions, out: &mut String) {
    let length = whole.len();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (length - n).is_multiple_of(3) && length >= c.group_from {
            out.push(c.group);
        }
        out.push(digit);
    }
}

/// A day from RFC 3339 (`2026-03-14` or `2026-03-14T09:30:00Z`) as the locale writes it in full; the text as
/// it came where it is no day.
pub fn date(locale: &Locale, text: &str) -> String {
    let part = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<usize>().ok());
    let (Some(c), Some(year), Some(month), Some(day)) =
        (Conventions::of(locale), part(0, 4), part(5, 7), part(8, 10))
    else {
        return text.get(..10).unwrap_or(text).to_owned();
    };
    let Some(name) = month.checked_sub(1).and_then(|m| c.months.get(m)) else { return text.to_owned() };
    let mut out = String::new();
    for letter in c.date.chars() {
        match letter {
            'D' => out.push_str(&day.to_string()),
            'M' => out.push_str(name),
            'Y' => out.push_str(&year.to_string()),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(text: &str) -> Locale {
        Locale::parse(text).unwrap()
    }

    #[test]
    fn prices_are_written_as_the_locale_writes_them() {
        for (l, amount, currency, text) in [
            ("en", 129_900, "EUR", "€1,299.00"),
            ("de", 129_900, "EUR", "1.299,00\u{a0}€"),
            ("fr", 123_456_789, "EUR", "1\u{202f}234\u{202f}567,89\u{a0}€"),
            ("es", 129_900, "EUR", "1299,00\u{a0}€"),
            ("ar", 450, "EUR", "4.50\u{a0}€"),
            ("en", 5, "EUR", "€0.05"),
            ("en", 1200, "JPY", "¥1,200"),
            ("en", 100, "CHF", "CHF\u{a0}1.00"),
            ("xx", 100_000, "EUR", "1000.00\u{a0}€"),
        ] {
            assert_eq!(price(&locale(l), amount, currency), text);
        }
    }

    #[test]
    fn dates_are_written_as_the_locale_writes_them() {
        for (l, text) in [
            ("en", "14 March 2026"),
            ("en-us", "March 14, 2026"),
            ("de", "14. März 2026"),
            ("es", "14 de marzo de 2026"),
            ("ar", "14 مارس 2026"),
            ("xx", "2026-03-14"),
        ] {
            assert_eq!(date(&locale(l), "2026-03-14T09:30:00Z"), text);
        }
        assert_eq!(date(&locale("en"), "soon"), "soon");
        assert_eq!(date(&locale("en"), "2026-99-14"), "2026-99-14");
    }
}
