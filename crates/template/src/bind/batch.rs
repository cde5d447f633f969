//! One item of the Batch API (ImageFactory-compatible): `input_1` to `input_30`.
//!
//! Absent, null and empty inputs all mean the field's default. Entries of which nothing is given are dropped.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::finish::finish;
use super::given::{Given, GivenEntry, put};
use super::{BindError, BindFault, BindFaultKind, BindOptions, Bound};
use crate::compiled::Compiled;
use crate::document::FieldType;
use crate::fields::{Input, MAX_INPUTS, Target};

/// Keys of an item that are no inputs.
const OTHER_KEYS: [&str; 3] = ["key", "theme_id", "output"];

/// The template's inputs, ready for many items.
#[derive(Debug, Clone)]
pub struct Inputs {
    inputs: Vec<Input>,
}

impl Inputs {
    pub fn of(compiled: &Compiled) -> Inputs {
        Inputs { inputs: compiled.fields().inputs() }
    }

    /// The faults that refuse a whole request: image inputs that are no full http(s) address, values that are no
    /// single value. `place` is the item's, such as `requests.0`.
    pub fn check(&self, item: &Map<String, Json>, place: &str) -> Vec<BindFault> {
        let mut faults = Vec::new();
        for (key, json) in item {
            let Some(number) = number_of(key) else { continue };
            let place = format!("{place}.{key}");
            match json {
                Json::Array(_) | Json::Object(_) => {
                    let message = format!("The {place} must be a string.");
                    faults.push(BindFault::new(BindFaultKind::Shape, &place, message).for_label(key));
                }
                json if !is_absent(json) && self.is_image(number) && !is_full_url(json) => {
                    let message = format!("The {place} must be a full URL that starts with https:// or http://.");
                    faults.push(BindFault::new(BindFaultKind::ImageUrl, &place, message).for_label(key));
                }
                _ => {}
            }
        }
        faults
    }

    /// Binds one item.
    ///
    /// # Errors
    /// The item's faults: missing required fields, bounds, image inputs that are no address.
    pub fn bind(
        &self,
        compiled: &Compiled,
        item: &Map<String, Json>,
        options: &BindOptions,
    ) -> Result<Bound, BindError> {
        let faults = self.check(item, "item");
        if !faults.is_empty() {
            return Err(faults.into());
        }
        let mut given = Given::default();
        given.notes.strict = options.strict;
        let mut items: IndexMap<&str, IndexMap<usize, Map<String, Json>>> = IndexMap::new();
        let mut entries: IndexMap<&str, IndexMap<usize, GivenEntry>> = IndexMap::new();
        for input in &self.inputs {
            let name = format!("input_{}", input.number);
            let Some(json) = item.get(&name).filter(|json| !is_absent(json)) else { continue };
            match &input.target {
                Target::Document { key } => given.put(key, json, &name),
                Target::Item { list, index, key } => {
                    items.entry(list).or_default().entry(*index).or_default().insert(key.clone(), json.clone());
                }
                Target::Entry { each, index, key } => {
                    let entry = entries.entry(each).or_default().entry(*index).or_default();
                    put(&mut entry.values, key, json, &name);
                    entry.place = name;
                }
            }
        }
        for (list, mut rows) in items {
            rows.sort_unstable_keys();
            given.put(list, &rows.into_values().map(Json::Object).collect(), list);
        }
        for (each, mut rows) in entries {
            rows.sort_unstable_keys();
            given.entries.insert(each.to_owned(), rows.into_values().collect());
        }
        self.note_ignored(item, &mut given);
        finish(compiled, given, options)
    }

    fn is_image(&self, number: u32) -> bool {
        self.inputs.iter().any(|input| input.number == number && input.field.kind == FieldType::Image)
    }

    fn note_ignored(&self, item: &Map<String, Json>, given: &mut Given) {
        for (key, json) in item {
            let is_known = number_of(key).is_some_and(|number| self.inputs.iter().any(|input| input.number == number));
            if is_known || is_absent(json) || OTHER_KEYS.contains(&key.as_str()) {
                continue;
            }
            let last = self.inputs.last().map_or(0, |input| input.number);
            given.notes.ignored(key, format!("'{key}' is ignored: the template's inputs end with input_{last}"));
        }
    }
}

/// `input_7` is 7.
fn number_of(key: &str) -> Option<u32> {
    let digits = key.strip_prefix("input_")?;
    let number: u32 = digits.parse().ok().filter(|_| !digits.starts_with(['0', '+']))?;
    (number <= MAX_INPUTS).then_some(number)
}

fn is_absent(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        _ => false,
    }
}

fn is_full_url(json: &Json) -> bool {
    let lower = json.as_str().unwrap_or_default().to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace))
}

#[cfg(test)]
mod tests;
