//! A site's theme: the tokens of a ready one with the site's own in their place, fonts, custom CSS, logos.

use crate::files::Files;
use crate::findings::{Found, SITE};
use crate::release::json_text;
use crate::{digest, draft, fonts, style};
use model::names::Locale;
use model::problem::Problem;
use model::records::{ThemeSummary, VERSION};
use model::theme::{RANGES, ThemeRecord, Tokens};
use model::validate;
use serde_json::{Map, Value, json};

/// `None` where there is no theme to start from. A token, font, style sheet or logo that cannot be used is left
/// out: the ready theme's stands.
pub fn of(site: &draft::Site, files: &dyn Files, found: &mut Found) -> Option<(ThemeRecord, ThemeSummary)> {
    let mut problems = vec![];
    let tokens = tokens(&site.theme, &mut problems);
    found.problems(SITE, problems.into_iter().map(|p| p.within("theme")).collect());
    let tokens = tokens?;
    warn_of_contrasts(&tokens, found);
    let languages: Vec<&str> = site.locales.iter().map(Locale::language).collect();
    let families = [tokens.font_body.as_str(), tokens.font_heading.as_str()];
    let faces = files.faces(&families, &languages).unwrap_or_else(|message| {
        found.problem(SITE, Problem::new("theme", message));
        vec![]
    });
    let css = site.theme.css.as_ref().map_or(Ok(String::new()), |css| style::parse(css));
    let css = css.unwrap_or_else(|message| {
        found.problem(SITE, Problem::new("theme.css", message));
        String::new()
    });
    let mut mark = |name: &str, given: &Option<draft::Picture>| {
        let given = given.as_ref()?;
        let read = match validate::writable(&given.alt, false) {
            Ok(()) => files.mark(given).map_err(|message| Problem::new(format!("theme.{name}"), message)),
            Err(message) => Err(Problem::new(format!("theme.{name}.alt"), message)),
        };
        read.map_err(|problem| found.problem(SITE, problem)).ok()
    };
    let (logo, logo_dark, icon) = (
        mark("logo", &site.theme.logo),
        mark("logo_dark", &site.theme.logo_dark),
        mark("icon", &site.theme.icon),
    );
    let preload = faces.iter().filter(|f| f.preload).cloned().collect();
    let record = ThemeRecord { v: VERSION, tokens, fonts: faces, css };
    let summary = ThemeSummary {
        hash: digest::of(json_text(&record).as_bytes()),
        background_light: record.tokens.light.background.to_string(),
        background_dark: record.tokens.dark.background.to_string(),
        logo,
        logo_dark,
        icon,
        preload,
    };
    Some((record, summary))
}

fn warn_of_contrasts(tokens: &Tokens, found: &mut Found) {
    for (scheme, at, palette) in
        [("light", "theme.tokens", &tokens.light), ("dark", "theme.tokens.dark", &tokens.dark)]
    {
        for (text, ground, ratio) in palette.low_contrasts() {
            let message = format!(
                "{text} on {ground} has a contrast of {ratio:.1}:1 in {scheme}, below 4.5:1: move them apart"
            );
            found.warn(SITE, Problem::new(format!("{at}.{text}"), message));
        }
    }
}

fn tokens(theme: &draft::Theme, problems: &mut Vec<Problem>) -> Option<Tokens> {
    let Some(ready) = app::theme::ready(&theme.base) else {
        let names = app::theme::ready_names().join(", ");
        problems.push(Problem::new("base", format!("there is no theme {:?}; there are {names}", theme.base)));
        return None;
    };
    let mut tokens: Value = serde_json::from_str(ready).expect("ready themes are JSON");
    for (name, value) in &theme.tokens {
        match (name.as_str(), value) {
            ("dark", Value::Object(dark)) => {
                for (name, value) in dark {
                    let found = colour(&mut tokens, "dark", name, value);
                    problems.extend(found.err().map(|m| Problem::new(format!("tokens.dark.{name}"), m)));
                }
            }
            _ => problems.extend(
                set(&mut tokens, name, value).err().map(|m| Problem::new(format!("tokens.{name}"), m)),
            ),
        }
    }
    Some(serde_json::from_value(tokens).expect("each token was checked by itself"))
}

fn set(tokens: &mut Value, name: &str, value: &Value) -> Result<(), String> {
    let new = if let Some((_, low, high)) = RANGES.iter().find(|(token, ..)| *token == name) {
        let number = match value {
            Value::String(text) => text.trim_end_matches("px").trim_end_matches("rem").parse().ok(),
            _ => value.as_u64(),
        };
        let number = number.filter(|n| (u64::from(*low)..=u64::from(*high)).contains(n));
        json!(number.ok_or_else(|| format!("expected a whole number from {low} to {high}, found {value}"))?)
    } else if matches!(name, "font_body" | "font_heading") {
        let known = value.as_str().filter(|family| fonts::names().contains(family));
        let names = || fonts::names().join(", ");
        json!(known.ok_or_else(|| format!("there is no font family {value}; on offer are {}", names()))?)
    } else if name == "dark" {
        return Err(format!("expected an object with colours, found {value}"));
    } else {
        return colour(tokens, "light", name, value);
    };
    if let Some(slot) = tokens.get_mut(name) {
        *slot = new;
    }
    Ok(())
}

fn colour(tokens: &mut Value, scheme: &str, name: &str, value: &Value) -> Result<(), String> {
    let slot = tokens.get_mut(scheme).and_then(Value::as_object_mut);
    let names = |palette: &Map<String, Value>| palette.keys().cloned().collect::<Vec<_>>().join(", ");
    let others = slot.as_deref().map(names).unwrap_or_default();
    let slot = slot.and_then(|palette| palette.get_mut(name)).ok_or_else(|| {
        format!("there is no such token; the colours are {others}; see docs/add-a-theme.md")
    })?;
    if value.as_str().and_then(model::theme::Colour::parse).is_none() {
        return Err(format!("{value} is not a colour: write it as #rrggbb"));
    }
    *slot = value.clone();
    Ok(())
}
