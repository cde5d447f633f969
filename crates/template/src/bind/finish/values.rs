//! One given value: converted, checked against its field's limits, or left out with a reason.

use unicode_segmentation::UnicodeSegmentation;

use super::super::BindFaultKind;
use super::super::convert;
use super::super::given::{GivenValue, Notes, Refused};
use crate::compiled::Compiled;
use crate::document::{Field, FieldType};
use crate::value::Value;
use crate::warning::{Warning, WarningCode};

/// Which slide or entry a value is for.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) slide: Option<&'a str>,
    /// From 0.
    pub(super) entry: Option<usize>,
}

impl Place<'_> {
    fn words(self) -> String {
        match (self.slide, self.entry) {
            (_, Some(index)) => format!(" in entry {}", index + 1),
            (Some(slide), None) => format!(" on slide '{slide}'"),
            (None, None) => String::new(),
        }
    }
}

/// A default as its field's type.
pub(super) fn default(field: &Field) -> Option<Value> {
    field.default.as_ref().and_then(|json| convert(field, Value::from_json(json)).ok())
}

/// The value as its field's type. One that the field cannot take is absent, with a warning.
pub(super) fn typed(
    compiled: &Compiled,
    field: &Field,
    given: &GivenValue,
    place: Place<'_>,
    notes: &mut Notes,
) -> Value {
    let result =
        convert(field, Value::from_json(&given.json)).and_then(|value| match broken_limit(compiled, field, &value) {
            Some(reason) => Err(reason),
            None => Ok(value),
        });
    match result {
        Ok(value) => {
            note_length(field, &value, &given.place, place, notes);
            value
        }
        Err(reason) => {
            notes.refused.push(Refused { key: field.key.clone(), entry: place.entry, reason: reason.clone() });
            let outcome = if notes.strict { "cannot be used" } else { "is left out" };
            let message = format!("'{}'{} {outcome}: {reason}", field.key, place.words());
            let warning = Warning::new(WarningCode::InvalidValue, message).for_label(&field.key);
            notes.warn_or_fault(warning, BindFaultKind::InvalidValue, &given.place);
            Value::Absent
        }
    }
}

/// Which limit a value breaks so that it cannot be used. An explicit empty value breaks none.
fn broken_limit(compiled: &Compiled, field: &Field, value: &Value) -> Option<String> {
    match value {
        Value::Number(number) if field.kind == FieldType::Number => {
            let low = field.min.filter(|min| number < min).map(|min| format!("{} is less than {min}", value.to_text()));
            let high =
                field.max.filter(|max| number > max).map(|max| format!("{} is more than {max}", value.to_text()));
            low.or(high)
        }
        Value::Text(text) if !text.is_empty() => {
            let length = text.graphemes(true).count();
            if let Some(min) = field.min_length.filter(|min| length < *min as usize) {
                return Some(format!("it takes at least {min} characters, not {length}"));
            }
            let pattern = field.pattern.as_deref()?;
            let matches = compiled.pattern(pattern).is_none_or(|regex| regex.is_match(text));
            (!matches).then(|| format!("it does not have the form {pattern}"))
        }
        _ => None,
    }
}

/// A text that is too long is drawn all the same; a strict request is refused.
fn note_length(field: &Field, value: &Value, request_place: &str, place: Place<'_>, notes: &mut Notes) {
    if let Value::List(items) = value {
        for item in items {
            let Value::Map(item) = item else { continue };
            for part in &field.of {
                if let Some(value) = item.get(&part.key) {
                    note_length(part, value, request_place, place, notes);
                }
            }
        }
    }
    let (Value::Text(text), Some(max)) = (value, field.max_length) else { return };
    let length = text.graphemes(true).count();
    if length > max as usize {
        let message = format!("'{}'{} has {length} characters; at most {max} are meant", field.key, place.words());
        let warning = Warning::new(WarningCode::TooLong, message).for_label(&field.key).from_to(length, max);
        notes.warn_or_fault(warning, BindFaultKind::TooLong, request_place);
    }
}
