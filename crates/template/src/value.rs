//! Values as expressions see them: converted to their field's type, never evaluated again.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::date::Date;

/// Names and their values, in order.
pub type Values = IndexMap<String, Value>;

/// One value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Not given. Shows as nothing.
    #[default]
    Absent,
    Bool(bool),
    /// Always finite.
    Number(f64),
    /// Text, a choice, an address, a colour.
    Text(String),
    Date(Date),
    List(Vec<Value>),
    Map(Values),
}

impl Value {
    /// JSON as it is: null is absent, nothing is guessed from texts.
    pub fn from_json(json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Absent,
            serde_json::Value::Bool(value) => Value::Bool(*value),
            serde_json::Value::Number(value) => value.as_f64().map_or(Value::Absent, Value::Number),
            serde_json::Value::String(value) => Value::Text(value.clone()),
            serde_json::Value::Array(items) => Value::List(items.iter().map(Value::from_json).collect()),
            serde_json::Value::Object(map) => {
                Value::Map(map.iter().map(|(key, value)| (key.clone(), Value::from_json(value))).collect())
            }
        }
    }

    /// The value as JSON: whole numbers without a point, dates as text.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Absent => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(value) if value.fract() == 0.0 && value.abs() < 9e15 => (*value as i64).into(),
            Value::Number(value) => (*value).into(),
            Value::Text(text) => text.clone().into(),
            Value::Date(date) => date.to_string().into(),
            Value::List(items) => items.iter().map(Value::to_json).collect(),
            Value::Map(map) => {
                serde_json::Value::Object(map.iter().map(|(key, value)| (key.clone(), value.to_json())).collect())
            }
        }
    }

    pub fn is_absent(&self) -> bool {
        matches!(self, Value::Absent)
    }

    /// Absent, or a text, list or map without anything in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Absent => true,
            Value::Text(text) => text.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Map(map) => map.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::Date(_) => false,
        }
    }

    /// What counts as true: everything but what is empty, `false` and 0.
    pub fn is_true(&self) -> bool {
        match self {
            Value::Bool(value) => *value,
            Value::Number(value) => *value != 0.0,
            _ => !self.is_empty(),
        }
    }

    /// The value as text stands in for it: whole numbers without a point, dates as ISO 8601, lists with commas.
    pub fn to_text(&self) -> String {
        match self {
            Value::Absent => String::new(),
            Value::Bool(value) => value.to_string(),
            Value::Number(value) => number_text(*value),
            Value::Text(text) => text.clone(),
            Value::Date(date) => date.to_string(),
            Value::List(items) => items.iter().map(Value::to_text).collect::<Vec<_>>().join(", "),
            Value::Map(map) => map.values().map(Value::to_text).collect::<Vec<_>>().join(", "),
        }
    }

    /// The kind's name, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Absent => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::Date(_) => "a date",
            Value::List(_) => "a list",
            Value::Map(_) => "a group of values",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::Number(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

/// A number as people write it: at most 10 decimals, so that 0.1 + 0.2 is 0.3.
fn number_text(value: f64) -> String {
    let text = format!("{value:.10}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn shows_numbers_as_people_write_them() {
        let table =
            [(40.0, "40"), (89.9, "89.9"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (1e15, "1000000000000000"), (-2.5, "-2.5")];
        for (number, expected) in table {
            assert_eq!(Value::Number(number).to_text(), expected);
        }
    }

    #[test]
    fn knows_what_is_true() {
        let table = [
            (Value::Absent, false),
            (Value::Bool(false), false),
            (Value::Number(0.0), false),
            (Value::Text(String::new()), false),
            (Value::List(Vec::new()), false),
            (Value::Text("false".to_owned()), true),
            (Value::Number(-1.0), true),
            (Value::List(vec![Value::Absent]), true),
        ];
        for (value, expected) in table {
            assert_eq!(value.is_true(), expected, "{value:?}");
        }
    }
}
