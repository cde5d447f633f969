//! Previews: what a request leaves open is filled from the template's samples and its brand.

use serde_json::Value as Json;

use super::BRAND_KEYS;
use super::given::{Given, GivenEntry, put};
use crate::compiled::Compiled;
use crate::document::Field;
use crate::fields::Group;
use crate::value::Value;

/// Entries that a preview shows when the template has no sample ones, if its bounds allow so many.
const ENTRIES: usize = 3;

pub(super) fn fill(compiled: &Compiled, given: &mut Given) {
    let template = compiled.template();
    let sample = |key: &str| template.sample.as_ref().and_then(|sample| sample.get(key));
    for known in &compiled.fields().document {
        let field = &known.field;
        if given.document.get(&field.key).is_none_or(|given| given.json.is_null())
            && let Some(json) = sample(&field.key).or(field.sample.as_ref())
        {
            given.put(&field.key, json, "sample");
        }
    }
    for group in &compiled.fields().groups {
        if given.entries.get(&group.each).is_none_or(Vec::is_empty) {
            let entries = match sample(&group.each).and_then(Json::as_array) {
                Some(samples) => samples.iter().map(|entry| sample_entry(group, entry)).collect(),
                None => entries_of_samples(group),
            };
            given.entries.insert(group.each.clone(), entries);
        }
    }
    let brand = serde_json::to_value(&template.brand).unwrap_or_default();
    for key in BRAND_KEYS {
        if given.brand.values.get(key).is_none_or(Value::is_absent)
            && let Some(text) = brand.get(key).and_then(Json::as_str)
        {
            given.brand.values.insert(key.to_owned(), Value::from(text));
        }
    }
}

/// An entry as the template's author wrote it: what it leaves out is meant to be empty.
fn sample_entry(group: &Group, sample: &Json) -> GivenEntry {
    let mut entry = GivenEntry { place: "sample".to_owned(), ..GivenEntry::default() };
    entry.slide = sample.get("slide").and_then(Json::as_str).map(str::to_owned);
    for known in &group.fields {
        if let Some(json) = sample.get(&known.field.key) {
            put(&mut entry.values, &known.field.key, json, "sample");
        }
    }
    entry
}

fn entries_of_samples(group: &Group) -> Vec<GivenEntry> {
    let most = group.max.map_or(ENTRIES, |max| ENTRIES.min(max as usize));
    let count = most.max(group.min.unwrap_or(0) as usize);
    let mut entry = GivenEntry { place: "sample".to_owned(), ..GivenEntry::default() };
    let sampled = group.fields.iter().map(|known| &known.field);
    for (field, json) in sampled.filter_map(|field: &Field| Some((field, field.sample.as_ref()?))) {
        put(&mut entry.values, &field.key, json, "sample");
    }
    vec![entry; count]
}
