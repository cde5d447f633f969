//! Filters over texts and lists. Lengths count grapheme clusters: what people see as one letter.

use unicode_segmentation::UnicodeSegmentation;

use super::whole;
use crate::expression::MAX_OUTPUT;
use crate::locale::Locale;
use crate::value::Value;

/// Applies a change to the text; nothing stays nothing.
fn map_text(value: &Value, change: impl FnOnce(&str) -> String) -> Result<Value, String> {
    match value {
        Value::Absent => Ok(Value::Absent),
        Value::Text(text) => Ok(Value::Text(change(text))),
        other => Ok(Value::Text(change(&other.to_text()))),
    }
}

pub(super) fn upper(value: &Value, _: &[Value], locale: &Locale) -> Result<Value, String> {
    map_text(value, |text| locale.upper(text))
}

pub(super) fn lower(value: &Value, _: &[Value], locale: &Locale) -> Result<Value, String> {
    map_text(value, |text| locale.lower(text))
}

pub(super) fn title(value: &Value, _: &[Value], locale: &Locale) -> Result<Value, String> {
    map_text(value, |text| text.split_word_bounds().map(|word| capital(word, locale)).collect())
}

pub(super) fn capitalize(value: &Value, _: &[Value], locale: &Locale) -> Result<Value, String> {
    map_text(value, |text| capital(text, locale))
}

fn capital(text: &str, locale: &Locale) -> String {
    match text.grapheme_indices(true).nth(1) {
        Some((rest, _)) => locale.upper(&text[..rest]) + &locale.lower(&text[rest..]),
        None => locale.upper(text),
    }
}

pub(super) fn trim(value: &Value, _: &[Value], _: &Locale) -> Result<Value, String> {
    map_text(value, |text| text.trim().to_owned())
}

/// At most `length` clusters, the end sign among them.
pub(super) fn truncate(value: &Value, arguments: &[Value], _: &Locale) -> Result<Value, String> {
    let length = whole(arguments.first(), 0, MAX_OUTPUT)?;
    let end = arguments.get(1).map_or_else(|| "…".to_owned(), Value::to_text);
    map_text(value, |text| {
        if text.graphemes(true).nth(length).is_none() {
            return text.to_owned();
        }
        let kept = length.saturating_sub(end.graphemes(true).count());
        let cut: String = text.graphemes(true).take(kept).collect();
        cut.trim_end().to_owned() + &end
    })
}

pub(super) fn replace(value: &Value, arguments: &[Value], _: &Locale) -> Result<Value, String> {
    let (old, new) = (arguments[0].to_text(), arguments[1].to_text());
    let text = value.to_text();
    if old.is_empty() || value.is_absent() {
        return Ok(value.clone());
    }
    let found = text.matches(&old).count();
    if found.saturating_mul(new.len()).saturating_add(text.len()) > MAX_OUTPUT {
        return Err(format!("would build more than {MAX_OUTPUT} bytes"));
    }
    Ok(Value::Text(text.replace(&old, &new)))
}

pub(super) fn length(value: &Value, _: &[Value], _: &Locale) -> Result<Value, String> {
    let length = match value {
        Value::Absent => 0,
        Value::List(items) => items.len(),
        Value::Map(map) => map.len(),
        other => other.to_text().graphemes(true).count(),
    };
    Ok(Value::Number(length as f64))
}

/// Joins a list's items, or one part of each.
pub(super) fn join(value: &Value, arguments: &[Value], _: &Locale) -> Result<Value, String> {
    let separator = arguments.first().map_or_else(|| ", ".to_owned(), Value::to_text);
    let Value::List(items) = value else { return Ok(value.clone()) };
    let texts: Vec<String> = match arguments.get(1).map(Value::to_text) {
        None => items.iter().map(Value::to_text).filter(|text| !text.is_empty()).collect(),
        Some(part) => items.iter().map(|item| part_of(item, &part)).filter(|text| !text.is_empty()).collect(),
    };
    let built = texts.iter().map(String::len).sum::<usize>() + separator.len() * texts.len();
    if built > MAX_OUTPUT {
        Err(format!("would build more than {MAX_OUTPUT} bytes"))
    } else {
        Ok(Value::Text(texts.join(&separator)))
    }
}

fn part_of(item: &Value, part: &str) -> String {
    match item {
        Value::Map(map) => map.get(part).map(Value::to_text).unwrap_or_default(),
        _ => String::new(),
    }
}

pub(super) fn first(value: &Value, _: &[Value], _: &Locale) -> Result<Value, String> {
    match value {
        Value::List(items) => Ok(items.first().cloned().unwrap_or_default()),
        other => map_text(other, |text| text.graphemes(true).next().unwrap_or_default().to_owned()),
    }
}

pub(super) fn last(value: &Value, _: &[Value], _: &Locale) -> Result<Value, String> {
    match value {
        Value::List(items) => Ok(items.last().cloned().unwrap_or_default()),
        other => map_text(other, |text| text.graphemes(true).next_back().unwrap_or_default().to_owned()),
    }
}

/// The first letters of the first words and the last one: two letters unless told otherwise.
pub(super) fn initials(value: &Value, arguments: &[Value], locale: &Locale) -> Result<Value, String> {
    let letters = whole(arguments.first(), 2, 10)?;
    map_text(value, |text| {
        let starts_word = |word: &&str| word.chars().any(char::is_alphanumeric);
        let words: Vec<&str> = text.split_whitespace().filter(starts_word).collect();
        let chosen: Vec<&str> = if words.len() > letters && letters > 0 {
            words[..letters - 1].iter().chain(words.last()).copied().collect()
        } else {
            words.into_iter().take(letters).collect()
        };
        let letter = |word: &str| {
            let from = word.find(char::is_alphanumeric).unwrap_or_default();
            locale.upper(word[from..].graphemes(true).next().unwrap_or_default())
        };
        chosen.into_iter().map(letter).collect()
    })
}
