//! JSON that a person wrote, with problems in words that say something to that person.

use model::Problem;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Reads JSON; the problem names the path to what does not fit.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let mut from = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut from).map_err(|e| {
        let path = e.path().to_string();
        let path = if matches!(&*path, "." | "?") { String::new() } else { path };
        Problem::new(path, with_remedy(&e.into_inner()))
    })?;
    from.end().map_err(|e| Problem::new("", with_remedy(&e)))?;
    Ok(value)
}

fn with_remedy(e: &serde_json::Error) -> String {
    let message = e.to_string();
    // The names of our structures say nothing to a person.
    let words: Vec<&str> = message.split(' ').collect();
    let mut said: Vec<&str> = vec![];
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if word == "struct" {
            words.next();
            said.push("an object");
        } else {
            said.push(word);
        }
    }
    let remedy = match e.classify() {
        Category::Data if message.starts_with("missing field") => "add it",
        Category::Data => "mend it; docs/add-a-site.md lists the keys",
        _ => "this is not JSON there; mend it",
    };
    format!("{}: {remedy}", said.join(" "))
}
