//! The words of faults: what a thing is called, and what a value should have been.

use serde_json::Value;

use crate::fault::unescaped;
use crate::grammar::{Grammar, Range, Rule, Shape};

/// "'fontSize'", "item 1 of 'padding'", "the template".
pub(super) fn subject(path: &str) -> String {
    let mut segments = path.rsplit('/');
    let last = segments.next().unwrap_or_default();
    match (last, last.parse::<usize>()) {
        ("", _) => "the template".to_owned(),
        (_, Err(_)) => format!("'{}'", unescaped(last)),
        (_, Ok(index)) => match segments.find(|segment| segment.parse::<usize>().is_err()) {
            Some(list) => format!("item {} of '{}'", index + 1, unescaped(list)),
            None => format!("item {}", index + 1),
        },
    }
}

/// The value as it stands in the document, cut to a readable length.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => {
            let text = other.to_string();
            match text.char_indices().nth(60) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text,
            }
        }
    }
}

/// What the object is called: `text` for a text node, `text style`, `linear paint`.
pub(super) fn noun(rule: &Rule, grammar: &Grammar) -> String {
    let name = &rule.name;
    if let Some(kind) = name.strip_suffix("Node") {
        return if kind == "Use" { "component's use".to_owned() } else { kind.to_lowercase() };
    }
    if let Some(kind) = name.strip_suffix("At") {
        return format!("{}'s 'at'", if kind == "Use" { "component's use".to_owned() } else { kind.to_lowercase() });
    }
    let words = name.strip_suffix("Object").unwrap_or(name);
    let mut noun = String::new();
    for letter in words.chars() {
        if letter.is_uppercase() && !noun.is_empty() {
            noun.push(' ');
        }
        noun.extend(letter.to_lowercase());
    }
    match &rule.shape {
        Shape::Object(object) => object.tag(grammar).map_or(noun.clone(), |tag| format!("{tag} {noun}")),
        _ => noun,
    }
}

/// With its article.
pub(super) fn a(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o']) || noun == "svg";
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// "x", "x or y", "x, y or z".
pub(super) fn either(items: impl IntoIterator<Item = String>) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    match items.pop() {
        None => String::new(),
        Some(only) if items.is_empty() => only,
        Some(last) => format!("{} or {last}", items.join(", ")),
    }
}

/// What any of the choices takes.
pub(super) fn expected(choices: &[&Rule]) -> String {
    let mut items: Vec<String> = Vec::new();
    for choice in choices {
        for item in wanted(choice) {
            if !items.contains(&item) {
                items.push(item);
            }
        }
    }
    either(items)
}

fn wanted(rule: &Rule) -> Vec<String> {
    match &rule.shape {
        Shape::Any | Shape::Union(_) => vec!["any value".to_owned()],
        Shape::Object(_) | Shape::Map { .. } => vec!["an object".to_owned()],
        Shape::List { min, max, .. } => vec![list(*min, *max)],
        Shape::Text(pattern) => match (&rule.title, pattern) {
            (Some(title), _) => vec![title.clone()],
            (None, Some(pattern)) => vec![format!("text that matches {pattern}")],
            (None, None) => vec!["text".to_owned()],
        },
        Shape::Keywords(words) => words.iter().map(|word| format!("\"{word}\"")).collect(),
        Shape::Number(range) => vec![number(range)],
        Shape::Boolean => vec!["true".to_owned(), "false".to_owned()],
    }
}

fn list(min: usize, max: usize) -> String {
    match (min, max) {
        (0, usize::MAX) => "a list".to_owned(),
        (min, usize::MAX) => format!("a list of at least {min}"),
        (min, max) if min == max => format!("a list of {min}"),
        (min, max) => format!("a list of {min} to {max}"),
    }
}

fn number(range: &Range) -> String {
    let kind = if range.whole { "a whole number" } else { "a number" };
    match (range.min, range.above, range.max) {
        (Some(min), _, Some(max)) if min.to_bits() == max.to_bits() => format!("{min}"),
        (Some(min), _, Some(max)) => format!("{kind} from {min} to {max}"),
        (Some(min), _, None) => format!("{kind} from {min}"),
        (None, Some(above), Some(max)) => format!("{kind} above {above} and up to {max}"),
        (None, Some(above), None) => format!("{kind} above {above}"),
        (None, None, Some(max)) => format!("{kind} up to {max}"),
        (None, None, None) => kind.to_owned(),
    }
}
