//! Evaluation of a syntax tree over a scope, with bounded output.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::tree::{Arithmetic, Comparison, Tree};
use super::{MAX_OUTPUT, Scope};
use crate::date::Date;
use crate::locale::Locale;
use crate::value::Value;

/// The error is a phrase that says why there is no value.
pub(super) fn evaluate(tree: &Tree, scope: &Scope<'_>, locale: &Locale) -> Result<Value, String> {
    let mut run = Run { scope, locale, left: MAX_OUTPUT };
    run.value(tree).map(Cow::into_owned)
}

struct Run<'a> {
    scope: &'a Scope<'a>,
    locale: &'a Locale,
    /// Bytes of text that may still be built.
    left: usize,
}

impl<'a> Run<'a> {
    fn value(&mut self, tree: &'a Tree) -> Result<Cow<'a, Value>, String> {
        match tree {
            Tree::Literal(value) => Ok(Cow::Borrowed(value)),
            Tree::Path(path) => Ok(self.path(path)),
            Tree::Member(of, name) => Ok(Cow::Owned(member(&*self.value(of)?, name).cloned().unwrap_or_default())),
            Tree::List(items) => {
                let items = items.iter().map(|item| self.value(item).map(Cow::into_owned));
                Ok(Cow::Owned(Value::List(items.collect::<Result<_, _>>()?)))
            }
            Tree::Not(of) => Ok(Cow::Owned(Value::Bool(!self.value(of)?.is_true()))),
            Tree::Negate(of) => match &*self.value(of)? {
                Value::Absent => Ok(Cow::Owned(Value::Absent)),
                Value::Number(number) => Ok(Cow::Owned(Value::Number(-number))),
                other => Err(format!("'-' takes a number, not {}", other.kind())),
            },
            Tree::And(a, b) => {
                let a = self.value(a)?;
                if a.is_true() { self.value(b) } else { Ok(a) }
            }
            Tree::Or(a, b) => {
                let a = self.value(a)?;
                if a.is_true() { Ok(a) } else { self.value(b) }
            }
            Tree::Arithmetic(kind, a, b) => arithmetic(*kind, &*self.value(a)?, &*self.value(b)?).map(Cow::Owned),
            Tree::Concat(a, b) => {
                let joined = Value::Text(self.value(a)?.to_text() + &self.value(b)?.to_text());
                self.built(joined)
            }
            Tree::Compare(first, others) => self.compare(first, others),
            Tree::Filter(filter, of, arguments) => {
                let input = self.value(of)?;
                let arguments = arguments.iter().map(|argument| self.value(argument).map(Cow::into_owned));
                let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
                let value = (filter.apply)(&input, &arguments, self.locale)
                    .map_err(|reason| format!("{} {reason}", filter.name))?;
                self.built(value)
            }
        }
    }

    fn path(&self, path: &'a [String]) -> Cow<'a, Value> {
        let found = path.split_first().and_then(|(root, parts)| {
            let start = self.scope.get(root)?;
            parts.iter().try_fold(start, |value, part| member(value, part))
        });
        found.map_or(Cow::Owned(Value::Absent), Cow::Borrowed)
    }

    fn compare(&mut self, first: &'a Tree, others: &'a [(Comparison, Tree)]) -> Result<Cow<'a, Value>, String> {
        let mut left = self.value(first)?;
        for (comparison, right) in others {
            let right = self.value(right)?;
            if !holds(*comparison, &left, &right)? {
                return Ok(Cow::Owned(Value::Bool(false)));
            }
            left = right;
        }
        Ok(Cow::Owned(Value::Bool(true)))
    }

    /// Charges a newly built value against what may be built.
    fn built(&mut self, value: Value) -> Result<Cow<'a, Value>, String> {
        if let Value::Text(text) = &value {
            self.left =
                self.left.checked_sub(text.len()).ok_or_else(|| format!("it builds more than {MAX_OUTPUT} bytes"))?;
        }
        Ok(Cow::Owned(value))
    }
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Map(map) => map.get(name),
        _ => None,
    }
}

fn arithmetic(kind: Arithmetic, a: &Value, b: &Value) -> Result<Value, String> {
    let (a, b) = match (a, b) {
        (Value::Absent, _) | (_, Value::Absent) => return Ok(Value::Absent),
        (Value::Number(a), Value::Number(b)) => (*a, *b),
        (Value::Number(_), other) | (other, _) => {
            return Err(format!("arithmetic takes numbers, not {}; '~' joins texts", other.kind()));
        }
    };
    let result = match kind {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide if b == 0.0 => return Err("it divides by zero".to_owned()),
        Arithmetic::Divide => a / b,
    };
    if result.is_finite() { Ok(Value::Number(result)) } else { Err("the number is too large".to_owned()) }
}

fn holds(comparison: Comparison, a: &Value, b: &Value) -> Result<bool, String> {
    let ordered = |wanted: fn(Ordering) -> bool| Ok(order(a, b)?.is_some_and(wanted));
    match comparison {
        Comparison::Equal => Ok(equal(a, b)),
        Comparison::Unequal => Ok(!equal(a, b)),
        Comparison::Less => ordered(Ordering::is_lt),
        Comparison::LessOrEqual => ordered(Ordering::is_le),
        Comparison::Greater => ordered(Ordering::is_gt),
        Comparison::GreaterOrEqual => ordered(Ordering::is_ge),
        Comparison::In => contains(b, a),
        Comparison::NotIn => contains(b, a).map(|found| !found),
    }
}

/// Nothing equals the empty text; a date equals the same instant, also written as text.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Absent, Value::Text(text)) | (Value::Text(text), Value::Absent) => text.is_empty(),
        (Value::Date(a), Value::Date(b)) => a.instant() == b.instant(),
        (Value::Date(date), Value::Text(text)) | (Value::Text(text), Value::Date(date)) => {
            Date::parse(text).is_some_and(|other| other.instant() == date.instant())
        }
        _ => a == b,
    }
}

/// None when one side is absent: then no order holds.
fn order(a: &Value, b: &Value) -> Result<Option<Ordering>, String> {
    match (a, b) {
        (Value::Absent, _) | (_, Value::Absent) => Ok(None),
        (Value::Number(a), Value::Number(b)) => Ok(a.partial_cmp(b)),
        (Value::Text(a), Value::Text(b)) => Ok(Some(a.cmp(b))),
        (Value::Bool(a), Value::Bool(b)) => Ok(Some(a.cmp(b))),
        (Value::Date(a), Value::Date(b)) => Ok(Some(a.instant().cmp(&b.instant()))),
        (Value::Date(date), Value::Text(text)) => {
            Ok(Date::parse(text).map(|other| date.instant().cmp(&other.instant())))
        }
        (Value::Text(text), Value::Date(date)) => {
            Ok(Date::parse(text).map(|other| other.instant().cmp(&date.instant())))
        }
        _ => Err(format!("{} cannot be compared with {}", a.kind(), b.kind())),
    }
}

fn contains(container: &Value, wanted: &Value) -> Result<bool, String> {
    match container {
        Value::Absent => Ok(false),
        Value::Text(text) => Ok(text.contains(&wanted.to_text())),
        Value::List(items) => Ok(items.iter().any(|item| equal(item, wanted))),
        other => Err(format!("'in' takes text or a list, not {}", other.kind())),
    }
}
