//! Does a value suit its field? For defaults, samples and literal props; requests are more forgiving.

use regex::Regex;
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation;

use super::super::theme::color_fault;
use crate::date::Date;
use crate::document::{Field, FieldType, Template};
use crate::fault::{Fault, FaultKind, join};
use crate::nearest::nearest;

pub(super) fn kind_name(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text => "text",
        FieldType::Richtext => "rich text",
        FieldType::Image => "picture",
        FieldType::Color => "colour",
        FieldType::Number => "number",
        FieldType::Bool => "bool",
        FieldType::Choice => "choice",
        FieldType::Url => "URL",
        FieldType::Date => "date",
        FieldType::List => "list",
    }
}

/// The pattern of a field: the whole value must match.
pub(crate) fn whole_match(pattern: &str) -> Result<Regex, regex::Error> {
    regex::RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(1 << 20).build()
}

/// The first thing that is wrong with the value.
pub(in crate::check) fn value_fault(template: &Template, field: &Field, value: &Value, path: &str) -> Option<Fault> {
    let wrong = |takes: &str| {
        let kind = kind_name(field.kind);
        let message = format!("the {kind} '{}' takes {takes}, not {value}", field.key);
        Some(Fault::new(FaultKind::WrongValue, path, message))
    };
    match (field.kind, value) {
        (FieldType::Text | FieldType::Richtext | FieldType::Url, Value::String(text)) => text_fault(field, text, path),
        (FieldType::Text | FieldType::Richtext, _) => wrong("text"),
        (FieldType::Url, _) => wrong("text such as \"https://example.com\""),
        (FieldType::Image, Value::String(_)) => None,
        (FieldType::Image, _) => wrong("a URL or a path in the template's folder"),
        (FieldType::Color, Value::String(text)) => color_fault(template, path, text),
        (FieldType::Color, _) => wrong("text such as \"#3b5bfd\" or \"$primary\""),
        (FieldType::Number, Value::Number(number)) => {
            let number = number.as_f64().unwrap_or(f64::NAN);
            let low = field.min.is_some_and(|min| number < min);
            let high = field.max.is_some_and(|max| number > max);
            if low || high { wrong(&format!("a number {}", bounds(field))) } else { None }
        }
        (FieldType::Number, _) => wrong("a number"),
        (FieldType::Bool, Value::Bool(_)) => None,
        (FieldType::Bool, _) => wrong("true or false"),
        (FieldType::Choice, Value::String(text)) if field.options.contains(text) => None,
        (FieldType::Choice, _) => {
            let options = field.options.iter().map(|option| format!("\"{option}\"")).collect::<Vec<_>>().join(", ");
            let meant = value.as_str().and_then(|text| nearest(text, field.options.iter().map(String::as_str)));
            wrong(&format!("one of {options}")).map(|fault| fault.meant(meant))
        }
        (FieldType::Date, Value::String(text)) if Date::parse(text).is_some() => None,
        (FieldType::Date, _) => wrong("a date such as \"2027-05-02\" or \"2027-05-02T18:00:00+02:00\""),
        (FieldType::List, Value::Array(items)) => list_fault(template, field, items, path),
        (FieldType::List, _) => wrong("a list of objects"),
    }
}

fn text_fault(field: &Field, text: &str, path: &str) -> Option<Fault> {
    let length = text.graphemes(true).count();
    let fault = |message: String| Some(Fault::new(FaultKind::WrongValue, path, message));
    if let Some(max) = field.max_length.filter(|max| length > *max as usize) {
        return fault(format!("'{}' takes at most {max} characters, and this has {length}", field.key));
    }
    if let Some(min) = field.min_length.filter(|min| length < *min as usize) {
        return fault(format!("'{}' takes at least {min} characters, and this has {length}", field.key));
    }
    let pattern = field.pattern.as_deref()?;
    let matches = whole_match(pattern).map_or(true, |whole| whole.is_match(text));
    if matches { None } else { fault(format!("'{}' takes what matches {pattern}, not \"{text}\"", field.key)) }
}

fn bounds(field: &Field) -> String {
    match (field.min, field.max) {
        (Some(min), Some(max)) => format!("from {min} to {max}"),
        (Some(min), None) => format!("from {min}"),
        (None, Some(max)) => format!("up to {max}"),
        (None, None) => String::new(),
    }
}

fn list_fault(template: &Template, field: &Field, items: &[Value], path: &str) -> Option<Fault> {
    #[expect(clippy::cast_precision_loss, reason = "lists are far shorter")]
    let count = items.len() as f64;
    if field.min.is_some_and(|min| count < min) || field.max.is_some_and(|max| count > max) {
        let message = format!("the list '{}' takes a number of items {}, not {count}", field.key, bounds(field));
        return Some(Fault::new(FaultKind::WrongValue, path, message));
    }
    items.iter().enumerate().find_map(|(index, item)| item_fault(template, field, item, &join(path, index)))
}

fn item_fault(template: &Template, field: &Field, item: &Value, path: &str) -> Option<Fault> {
    let Some(item) = item.as_object() else {
        let message = format!("an item of the list '{}' is an object, not {item}", field.key);
        return Some(Fault::new(FaultKind::WrongValue, path, message));
    };
    item.iter().find_map(|(key, value)| match field.of.iter().find(|field| &field.key == key) {
        Some(field) => value_fault(template, field, value, &join(path, key)),
        None => {
            let meant = nearest(key, field.of.iter().map(|field| field.key.as_str()));
            let message = format!("an item of the list '{}' has no field '{key}'", field.key);
            Some(Fault::new(FaultKind::UnknownName, join(path, key), message).meant(meant))
        }
    })
}
