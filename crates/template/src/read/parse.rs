//! JSON text to a JSON value: no key twice, no endless depth, whole numbers as whole numbers.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::fault::{Fault, FaultKind, Faults, Path};
use crate::limits::{MAX_BYTES, MAX_JSON_DEPTH};

pub(super) fn parse(json: &str) -> Result<Value, Faults> {
    if json.len() > MAX_BYTES {
        let message = format!("the template has {} bytes; at most {MAX_BYTES} are read", json.len());
        return Err(Fault::new(FaultKind::TooLarge, "", message).into());
    }
    let state = RefCell::new(State::default());
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = Seed(&state).deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    let state = state.into_inner();
    match value {
        Err(error) => Err(syntax_fault(&error, &state).into()),
        Ok(_) if !state.duplicates.is_empty() => Err(Faults(state.duplicates)),
        Ok(value) => Ok(value),
    }
}

fn syntax_fault(error: &serde_json::Error, state: &State) -> Fault {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    let (kind, message) = if state.too_deep {
        (FaultKind::TooLarge, what.to_owned())
    } else {
        (FaultKind::Syntax, format!("this is not JSON: {what}"))
    };
    let mut fault = Fault::new(kind, state.path.as_str(), message);
    (fault.line, fault.column) = (Some(error.line()), Some(error.column().max(1)));
    fault
}

#[derive(Default)]
struct State {
    path: Path,
    depth: usize,
    too_deep: bool,
    duplicates: Vec<Fault>,
}

/// Builds one value, noting keys that stand twice.
#[derive(Clone, Copy)]
struct Seed<'a>(&'a RefCell<State>);

impl Seed<'_> {
    fn go_down<E: serde::de::Error>(self) -> Result<(), E> {
        let mut state = self.0.borrow_mut();
        state.depth += 1;
        state.too_deep = state.depth > MAX_JSON_DEPTH;
        if state.too_deep {
            return Err(E::custom(format!("objects and lists stand more than {MAX_JSON_DEPTH} deep in each other")));
        }
        Ok(())
    }

    fn go_up(self) {
        self.0.borrow_mut().depth -= 1;
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        number(value).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.go_down()?;
        let mut list = Vec::new();
        loop {
            let before = self.0.borrow_mut().path.enter(list.len());
            let Some(item) = items.next_element_seed(self)? else {
                self.0.borrow_mut().path.leave(before);
                break;
            };
            self.0.borrow_mut().path.leave(before);
            list.push(item);
        }
        self.go_up();
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.go_down()?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let before = self.0.borrow_mut().path.enter(&key);
            let value = entries.next_value_seed(self)?;
            let mut state = self.0.borrow_mut();
            state.path.leave(before);
            if map.insert(key.clone(), value).is_some() {
                let path = state.path.as_str().to_owned();
                let message = format!("'{key}' stands here twice; take one out");
                state.duplicates.push(Fault::new(FaultKind::DuplicateKey, path, message).about(&key));
            }
        }
        self.go_up();
        Ok(Value::Object(map))
    }
}

/// A number as JSON has it: `24.0` is 24.
fn number(value: f64) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number within ± 2^53")]
        return Some(Number::from(value as i64));
    }
    Number::from_f64(value)
}
