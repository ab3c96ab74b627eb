//! A resolved page becomes HTML; a set of components becomes a style sheet.

use crate::component::{Out, Placed, Undrawable};
use crate::cx::Cx;
use crate::document;
use crate::head;
use crate::write::push_text;
use crate::{composition, content, preview, registry, suggestion, theme};
use model::names::Locale;
use model::query::Query;
use model::section::{MAX_DEPTH, Section, Tone};
use model::theme::ThemeRecord;

/// A finished page. The head is written after the body, because it names the style sheet of the components that
/// the body used; whoever sends it puts the two behind each other.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    pub head: String,
    pub body: String,
    /// Origins that the page may embed, for the content security policy.
    pub frames: Vec<&'static str>,
    /// What could not be drawn and why, for the log.
    pub notes: Vec<String>,
    /// Whether the page exists in other languages, so that what is drawn depends on those that are suggested.
    pub translated: bool,
}

impl Rendered {
    pub fn into_html(mut self) -> String {
        self.body.insert_str(0, &self.head);
        self.body
    }
}

/// Everything that the page asks of the content store.
pub fn asks(cx: &Cx) -> Vec<Query> {
    let mut queries = vec![];
    if let Some(record) = cx.record_query() {
        queries.push(record);
    }
    for sections in [&cx.frame.before, &cx.frame.after, &cx.page.sections] {
        ask_sections(sections, 0, false, cx, &mut queries);
    }
    queries
}

/// `composing`: the sections are those of a component of the site's own, which may not contain another.
pub(crate) fn ask_sections(
    sections: &[Section],
    depth: usize,
    composing: bool,
    cx: &Cx,
    queries: &mut Vec<Query>,
) {
    if depth > MAX_DEPTH {
        return;
    }
    for section in sections {
        if let Some(definition) = cx.site.components.get(&*section.component) {
            if !composing {
                composition::asks(definition.get(), section, depth + 1, cx, queries);
            }
        } else {
            let (name, variant) = section.name_and_variant();
            if let Some((_, component)) = registry::find(name) {
                let mut asked = vec![];
                let placed = Placed { section, lines: &cx.page.lines, variant, position: usize::MAX };
                (component.asks)(&placed, cx, &mut asked);
                asked.retain(|query| !queries.contains(query));
                queries.append(&mut asked);
            }
            for slot in &section.slots {
                ask_sections(&slot.sections, depth + 1, composing, cx, queries);
            }
        }
    }
}

/// Draws the page. It always answers with a whole document.
pub fn render(cx: &Cx) -> Rendered {
    suggesting(cx, &[])
}

/// Draws the page for a visitor who prefers these languages to its own.
pub fn suggesting(cx: &Cx, wanted: &[&Locale]) -> Rendered {
    let mut out = Out { html: String::with_capacity(expected_size(cx)), ..Out::default() };
    document::open_body(cx, &mut out.html);
    if let Some(shown) = &cx.preview {
        preview::draw(shown, cx.locale, &mut out.html);
        out.used |= preview::BIT;
    }
    let translations = match cx.site.locales.len() {
        0 | 1 => vec![],
        _ => document::translations(cx, content::current(cx).as_ref()),
    };
    if suggestion::draw(cx, wanted, &translations, &mut out.html) {
        out.used |= suggestion::BIT;
    }
    let extra = if speaks(&cx.page.sections, cx) {
        head::collect(|| body(cx, &mut out))
    } else {
        body(cx, &mut out);
        String::new()
    };
    let head = document::head(cx, out.used, &extra);
    let translated = !translations.is_empty();
    Rendered { head, body: out.html, frames: out.frames, notes: out.notes, translated }
}

/// Bytes that a page takes at most, as a rule: markup doubles what the records hold.
fn expected_size(cx: &Cx) -> usize {
    let lines = cx.page.lines.iter().map(|line| line.len());
    let answers = cx.answers.0.iter().map(|(_, json)| json.len());
    16 * 1024 + 2 * lines.chain(answers).sum::<usize>()
}

/// Whether a section may say something about the head. Listening costs more than drawing a small page, so it is
/// done only where somebody speaks.
fn speaks(sections: &[Section], cx: &Cx) -> bool {
    sections.iter().any(|section| {
        cx.site.components.contains_key(&*section.component)
            || registry::find(section.name_and_variant().0).is_some_and(|(_, component)| component.speaks)
            || section.slots.iter().any(|slot| speaks(&slot.sections, cx))
    })
}

fn body(cx: &Cx, out: &mut Out) {
    out.notes.extend_from_slice(&cx.frame.notes);
    cx.frame.before.iter().for_each(|placed| section(placed, usize::MAX, cx, out));
    out.html.push_str("<main id=\"main\" tabindex=\"-1\">");
    for (position, placed) in cx.page.sections.iter().enumerate() {
        section(placed, position, cx, out);
    }
    out.html.push_str("</main>");
    cx.frame.after.iter().for_each(|placed| section(placed, usize::MAX, cx, out));
    document::close_body(&mut out.html);
}

/// Draws one section. One that cannot be drawn leaves an empty marker, and a message in preview.
pub fn section(section: &Section, position: usize, cx: &Cx, out: &mut Out) {
    if out.depth > MAX_DEPTH {
        return out.notes.push(format!("{}: nested deeper than {MAX_DEPTH}", section.component));
    }
    out.depth += 1;
    let start = out.html.len();
    let drawn = match cx.site.components.get(&*section.component) {
        // It could contain itself, several times over.
        Some(_) if out.composing => {
            Err(Undrawable("a component of the site's own may not contain another".to_owned()))
        }
        Some(definition) => {
            out.composing = true;
            let drawn = composition::draw(definition.get(), section, position, cx, out);
            out.composing = false;
            drawn
        }
        None => compiled(section, position, cx, out),
    };
    out.depth -= 1;
    if let Err(undrawable) = drawn {
        out.html.truncate(start);
        out.html.push_str("<!-- section not drawn -->");
        if cx.preview.is_some() {
            out.html.push_str("<p class=\"undrawn\" role=\"alert\">");
            push_text(&mut out.html, &format!("{}: {undrawable}", section.component));
            out.html.push_str("</p>");
        }
        out.notes.push(format!("{}: {undrawable}", section.component));
    }
}

fn compiled(section: &Section, position: usize, cx: &Cx, out: &mut Out) -> crate::component::Drawn {
    let (name, variant) = section.name_and_variant();
    let Some((place, component)) = registry::find(name) else {
        return Err(Undrawable("there is no component of this name".to_owned()));
    };
    let variant = component.variants.iter().find(|v| **v == variant).unwrap_or(&"default");
    out.used |= 1 << place;
    for frame in component.frames {
        if !out.frames.contains(frame) {
            out.frames.push(frame);
        }
    }
    open(component.element, name, variant, section, &mut out.html);
    (component.draw)(&Placed { section, lines: &cx.page.lines, variant, position }, cx, out)?;
    out.html.push_str("</");
    out.html.push_str(component.element);
    out.html.push('>');
    Ok(())
}

fn open(element: &str, name: &str, variant: &str, section: &Section, out: &mut String) {
    out.push('<');
    out.push_str(element);
    out.push_str(" class=\"");
    out.push_str(name);
    if variant != "default" {
        out.push_str(" v-");
        out.push_str(variant);
    }
    out.push_str(match section.tone {
        Tone::Plain => "\"",
        Tone::Soft => " t-soft\"",
        Tone::Strong => " t-strong\"",
    });
    if let Some(anchor) = &section.anchor {
        crate::write::push_attribute(out, "id", anchor);
    }
    out.push('>');
}

/// Draws the sections that stand in a slot.
pub fn slot(placed: &Placed, name: &str, cx: &Cx, out: &mut Out) {
    for inner in placed.section.slot(name) {
        section(inner, placed.position, cx, out);
    }
}

/// The style sheet of a theme for a set of components.
pub fn style_sheet(theme: &ThemeRecord, components: u64) -> String {
    let mut css = String::with_capacity(16 * 1024);
    theme::push_tokens(theme, &mut css);
    css.push_str(theme::BASE_CSS);
    if components & suggestion::BIT != 0 {
        css.push_str(suggestion::CSS);
    }
    if components & preview::BIT != 0 {
        css.push_str(preview::CSS);
    }
    for (place, component) in registry::COMPONENTS.iter().enumerate() {
        if components & (1 << place) != 0 {
            css.push_str(component.css);
        }
    }
    css.push_str(&theme.css);
    css
}
