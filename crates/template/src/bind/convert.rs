//! Conversion of values to their field's type, before any expression sees them.

use crate::color;
use crate::date::Date;
use crate::document::{Field, FieldType};
use crate::value::{Value, Values};

/// The value as the field's type. Nothing stays nothing; the error is a phrase that says what would be right.
pub(crate) fn convert(field: &Field, value: Value) -> Result<Value, String> {
    match (field.kind, value) {
        (_, Value::Absent) => Ok(Value::Absent),
        (FieldType::List, Value::List(items)) => list(field, items),
        // A name that only a repeating node declares may count its copies as well as list them.
        (FieldType::List, Value::Number(count)) if field.of.is_empty() => Ok(Value::Number(count)),
        (FieldType::List, Value::Text(text)) if text.is_empty() => Ok(Value::List(Vec::new())),
        (FieldType::List, Value::Text(text)) if field.of.is_empty() && number(&text).is_some() => {
            Ok(number(&text).map_or(Value::Absent, Value::Number))
        }
        (FieldType::List, other) => Err(format!("it takes a list, not {}", other.kind())),
        (_, Value::List(_) | Value::Map(_)) => Err(format!("it takes {}, not a list or group", wanted(field.kind))),
        (FieldType::Text | FieldType::Richtext, value) => Ok(Value::Text(value.to_text())),
        (FieldType::Number, Value::Number(number)) => Ok(Value::Number(number)),
        (FieldType::Bool, Value::Bool(value)) => Ok(Value::Bool(value)),
        (FieldType::Date, Value::Date(date)) => Ok(Value::Date(date)),
        (kind, value) => from_text(field, kind, value.to_text().trim()),
    }
}

/// An empty text stays an explicit empty value, whatever the type.
fn from_text(field: &Field, kind: FieldType, text: &str) -> Result<Value, String> {
    if text.is_empty() {
        return Ok(Value::Text(String::new()));
    }
    let refused = || format!("'{}' is not {}", shortened(text), wanted(kind));
    match kind {
        FieldType::Number => number(text).map(Value::Number).ok_or_else(refused),
        FieldType::Bool => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err(refused()),
        },
        FieldType::Date => Date::parse(text).map(Value::Date).ok_or_else(refused),
        FieldType::Color => color::parse(text).map(|_| Value::from(text)).map_err(|error| error.to_string()),
        FieldType::Choice if field.options.iter().any(|option| option == text) => Ok(Value::from(text)),
        FieldType::Choice => Err(format!("'{}' is none of {}", shortened(text), field.options.join(", "))),
        FieldType::Image if is_image_address(text) => Ok(Value::from(text)),
        FieldType::Url if is_url(text) => Ok(Value::from(text)),
        FieldType::Image | FieldType::Url => Err(refused()),
        FieldType::Text | FieldType::Richtext | FieldType::List => Ok(Value::from(text)),
    }
}

fn list(field: &Field, items: Vec<Value>) -> Result<Value, String> {
    let convert_item = |item: Value| {
        let Value::Map(given) = item else {
            return if field.of.is_empty() { Ok(item) } else { Err("its items take named values".to_owned()) };
        };
        let mut item = Values::new();
        for inner in &field.of {
            let value = given.get(&inner.key).cloned().unwrap_or_default();
            let value = convert(inner, value).map_err(|reason| format!("{}: {reason}", inner.key))?;
            item.insert(inner.key.clone(), value);
        }
        for (key, value) in given {
            item.entry(key).or_insert(value);
        }
        Ok(Value::Map(item))
    };
    items.into_iter().map(convert_item).collect::<Result<_, _>>().map(Value::List)
}

fn wanted(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text | FieldType::Richtext => "text",
        FieldType::Image => "an image address (https://…, or a file of the template)",
        FieldType::Color => "a colour",
        FieldType::Number => "a number",
        FieldType::Bool => "true or false",
        FieldType::Choice => "one of its options",
        FieldType::Url => "an address (https://…, mailto:… or tel:…)",
        FieldType::Date => "a date (YYYY-MM-DD or RFC 3339)",
        FieldType::List => "a list",
    }
}

fn number(text: &str) -> Option<f64> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'));
    text.parse::<f64>().ok().filter(|number| plain && number.is_finite())
}

/// The scheme of an address, in small letters.
fn scheme(text: &str) -> Option<String> {
    let (scheme, _) = text.split_once(':')?;
    let mut letters = scheme.chars();
    let named = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    named.then(|| scheme.to_ascii_lowercase())
}

/// http and https, pictures as data, and paths that stay inside their folder.
fn is_image_address(text: &str) -> bool {
    if text.chars().any(char::is_control) {
        return false;
    }
    match scheme(text).as_deref() {
        Some("http" | "https") => text.contains("://"),
        Some("data") => text.to_ascii_lowercase().starts_with("data:image/"),
        Some("asset") => true,
        Some(_) => false,
        None => !text.starts_with('/') && !text.contains('\\') && text.split('/').all(|part| part != ".."),
    }
}

/// An address with a scheme that may be followed, or a bare host such as `example.com/page`.
fn is_url(text: &str) -> bool {
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return false;
    }
    match scheme(text).as_deref() {
        Some("http" | "https" | "mailto" | "tel") => true,
        Some(host) => host.contains('.'),
        None => text.split('/').next().is_some_and(|host| host.contains('.')),
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::convert;
    use crate::document::{Field, FieldType};
    use crate::value::Value;

    fn field(kind: FieldType) -> Field {
        let json = serde_json::json!({ "key": "x", "type": kind, "options": ["EUR", "USD"] });
        serde_json::from_value(json).expect("a field")
    }

    #[test]
    fn values_become_their_fields_type() {
        use FieldType as T;
        let table = [
            (T::Text, serde_json::json!(5), Ok("5")),
            (T::Text, serde_json::json!(true), Ok("true")),
            (T::Text, serde_json::json!(" as it is "), Ok(" as it is ")),
            (T::Text, serde_json::json!(["a"]), Err("it takes text")),
            (T::Number, serde_json::json!("49.90"), Ok("49.9")),
            (T::Number, serde_json::json!(" -3e2 "), Ok("-300")),
            (T::Number, serde_json::json!("49,90"), Err("is not a number")),
            (T::Number, serde_json::json!("inf"), Err("is not a number")),
            (T::Number, serde_json::json!(true), Err("is not a number")),
            (T::Bool, serde_json::json!("False"), Ok("false")),
            (T::Bool, serde_json::json!(1), Ok("true")),
            (T::Bool, serde_json::json!("yes"), Err("is not true or false")),
            (T::Date, serde_json::json!("2027-05-02"), Ok("2027-05-02")),
            (T::Date, serde_json::json!("2.5.2027"), Err("YYYY-MM-DD")),
            (T::Color, serde_json::json!("#abc"), Ok("#abc")),
            (T::Color, serde_json::json!("$primary/40"), Ok("$primary/40")),
            (T::Color, serde_json::json!("blueish"), Err("is not a colour")),
            (T::Choice, serde_json::json!("EUR"), Ok("EUR")),
            (T::Choice, serde_json::json!("GBP"), Err("none of EUR, USD")),
            (T::Image, serde_json::json!("https://a.example/b.png"), Ok("https://a.example/b.png")),
            (T::Image, serde_json::json!("assets/a.jpg"), Ok("assets/a.jpg")),
            (T::Image, serde_json::json!("data:image/png;base64,AA=="), Ok("data:image/png;base64,AA==")),
            (T::Image, serde_json::json!("file:///etc/passwd"), Err("image address")),
            (T::Image, serde_json::json!("/etc/passwd"), Err("image address")),
            (T::Image, serde_json::json!("assets/../../x"), Err("image address")),
            (T::Image, serde_json::json!("data:text/html,x"), Err("image address")),
            (T::Url, serde_json::json!("mailto:a@b.example"), Ok("mailto:a@b.example")),
            (T::Url, serde_json::json!("johndoe.example/about"), Ok("johndoe.example/about")),
            (T::Url, serde_json::json!("javascript:alert(1)"), Err("an address")),
            (T::Url, serde_json::json!("not a link"), Err("an address")),
            (T::Number, serde_json::json!(""), Ok("")),
            (T::Number, serde_json::json!(null), Ok("")),
        ];
        for (kind, json, expected) in table {
            let converted = convert(&field(kind), Value::from_json(&json));
            match (converted, expected) {
                (Ok(value), Ok(text)) => assert_eq!(value.to_text(), text, "{kind:?} {json}"),
                (Err(reason), Err(part)) => assert!(reason.contains(part), "{kind:?} {json}: {reason}"),
                (converted, _) => panic!("{kind:?} {json}: {converted:?}"),
            }
        }
    }

    #[test]
    fn items_of_lists_are_converted_too() {
        let json = serde_json::json!({ "key": "rows", "type": "list", "of": [
            { "key": "name", "type": "text" }, { "key": "price", "type": "number" } ] });
        let list: Field = serde_json::from_value(json).expect("a field");
        let value = Value::from_json(&serde_json::json!([{ "name": 5, "price": "2.50" }, {}]));
        let Ok(Value::List(items)) = convert(&list, value) else { panic!("a list") };
        let Value::Map(first) = &items[0] else { panic!("a map") };
        assert_eq!(first["name"], Value::from("5"));
        assert_eq!(first["price"], Value::Number(2.5));
        let Value::Map(second) = &items[1] else { panic!("a map") };
        assert_eq!(second["price"], Value::Absent);
        let wrong = Value::from_json(&serde_json::json!([{ "price": "much" }]));
        assert!(convert(&list, wrong).expect_err("no number").contains("price: 'much' is not a number"));
    }
}
