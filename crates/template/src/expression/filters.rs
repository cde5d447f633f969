//! The filters: each takes a value, plain arguments and the locale. Nothing stays nothing, but for `default`, `length`.

mod text;

use crate::date::{Date, parse_offset};
use crate::locale::{self, Locale};
use crate::value::Value;

use super::tree::Tree;

type Apply = fn(&Value, &[Value], &Locale) -> Result<Value, String>;

/// One filter: its name, how many arguments it takes, and what it does.
#[derive(Debug)]
pub(super) struct Filter {
    pub(super) name: &'static str,
    least: usize,
    most: usize,
    usage: &'static str,
    pub(super) apply: Apply,
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

const fn filter(name: &'static str, least: usize, most: usize, usage: &'static str, apply: Apply) -> Filter {
    Filter { name, least, most, usage, apply }
}

static FILTERS: [Filter; 17] = [
    filter("default", 1, 2, "default(value), or default(value, true) to replace what is empty, too", default),
    filter("upper", 0, 0, "upper", text::upper),
    filter("lower", 0, 0, "lower", text::lower),
    filter("title", 0, 0, "title", text::title),
    filter("capitalize", 0, 0, "capitalize", text::capitalize),
    filter("trim", 0, 0, "trim", text::trim),
    filter("truncate", 1, 2, "truncate(length), truncate(length, end)", text::truncate),
    filter("replace", 2, 2, "replace(old, new)", text::replace),
    filter("length", 0, 0, "length", text::length),
    filter("round", 0, 1, "round, round(decimals)", round),
    filter("number", 0, 1, "number, number(decimals)", number),
    filter("currency", 1, 2, "currency(code), currency(code, decimals)", currency),
    filter("date", 1, 2, "date(pattern), date(pattern, offset)", date),
    filter("join", 0, 2, "join(separator), join(separator, part)", text::join),
    filter("first", 0, 0, "first", text::first),
    filter("last", 0, 0, "last", text::last),
    filter("initials", 0, 1, "initials, initials(letters)", text::initials),
];

pub(super) fn find(name: &str) -> Option<&'static Filter> {
    FILTERS.iter().find(|filter| filter.name == name)
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FILTERS.iter().map(|filter| filter.name)
}

impl Filter {
    /// What can be said about the arguments before any value is there.
    pub(super) fn check(&self, arguments: &[Tree]) -> Result<(), String> {
        if !(self.least..=self.most).contains(&arguments.len()) {
            return Err(format!("the filter {} is used as {}", self.name, self.usage));
        }
        match (self.name, arguments) {
            ("date", [Tree::Literal(Value::Text(pattern)), ..]) => {
                locale::check_date_pattern(pattern).map_err(|error| error.to_string())?;
            }
            ("currency", [Tree::Literal(Value::Text(code)), ..]) => {
                currency_code(code).map(|_| ()).map_err(|reason| format!("currency {reason}"))?;
            }
            _ => {}
        }
        match (self.name, arguments) {
            ("date", [_, Tree::Literal(offset)]) => {
                minutes(offset).map(|_| ()).map_err(|reason| format!("date {reason}"))
            }
            _ => Ok(()),
        }
    }
}

/// A whole number from an argument, within bounds.
fn whole(argument: Option<&Value>, usual: usize, most: usize) -> Result<usize, String> {
    match argument {
        None | Some(Value::Absent) => Ok(usual),
        Some(Value::Number(number)) if number.fract() == 0.0 && (0.0..=most as f64).contains(number) => {
            Ok(*number as usize)
        }
        Some(other) => Err(format!("takes a whole number from 0 to {most}, not '{}'", other.to_text())),
    }
}

/// A number, also out of a text of one.
fn numeric(value: &Value) -> Result<Option<f64>, String> {
    match value {
        Value::Absent => Ok(None),
        Value::Number(number) => Ok(Some(*number)),
        Value::Text(text) if text.trim().is_empty() => Ok(None),
        Value::Text(text) => match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(format!("takes a number, not '{text}'")),
        },
        other => Err(format!("takes a number, not {}", other.kind())),
    }
}

fn default(value: &Value, arguments: &[Value], _: &Locale) -> Result<Value, String> {
    let replaces_empty = arguments.get(1).is_some_and(Value::is_true);
    let replace = value.is_absent() || (replaces_empty && !value.is_true());
    Ok(if replace { arguments[0].clone() } else { value.clone() })
}

fn round(value: &Value, arguments: &[Value], _: &Locale) -> Result<Value, String> {
    let decimals = whole(arguments.first(), 0, 10)?;
    let Some(number) = numeric(value)? else { return Ok(Value::Absent) };
    let factor = (0..decimals).fold(1.0, |factor, _| factor * 10.0);
    let rounded = (number * factor).round() / factor;
    Ok(Value::Number(if rounded.is_finite() { rounded } else { number }))
}

fn number(value: &Value, arguments: &[Value], locale: &Locale) -> Result<Value, String> {
    let decimals = arguments.first().map(|argument| whole(Some(argument), 0, 10)).transpose()?;
    Ok(numeric(value)?.map_or(Value::Absent, |number| Value::Text(locale.number(number, decimals))))
}

fn currency(value: &Value, arguments: &[Value], locale: &Locale) -> Result<Value, String> {
    let decimals = arguments.get(1).map(|argument| whole(Some(argument), 2, 10)).transpose()?;
    let Some(number) = numeric(value)? else { return Ok(Value::Absent) };
    let code = arguments[0].to_text();
    Ok(Value::Text(locale.currency(number, currency_code(&code)?, decimals)))
}

fn currency_code(code: &str) -> Result<&str, String> {
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        Ok(code)
    } else {
        Err(format!("takes a code of three letters such as EUR, not '{code}'"))
    }
}

fn date(value: &Value, arguments: &[Value], locale: &Locale) -> Result<Value, String> {
    let parsed = match value {
        Value::Absent => return Ok(Value::Absent),
        Value::Text(text) if text.trim().is_empty() => return Ok(Value::Absent),
        Value::Date(date) => *date,
        Value::Text(text) => Date::parse(text).ok_or_else(|| format!("takes YYYY-MM-DD or RFC 3339, not '{text}'"))?,
        other => return Err(format!("takes a date, not {}", other.kind())),
    };
    let moved = match arguments.get(1) {
        None | Some(Value::Absent) => parsed,
        Some(offset) => parsed.at_offset(minutes(offset)?),
    };
    locale.date(&moved, &arguments[0].to_text()).map(Value::Text).map_err(|error| format!("failed: {error}"))
}

fn minutes(offset: &Value) -> Result<i16, String> {
    let text = offset.to_text();
    parse_offset(&text).ok_or_else(|| format!("takes an offset from UTC such as +02:00, not '{text}'"))
}
