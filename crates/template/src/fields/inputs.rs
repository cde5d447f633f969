//! The numbers of the Batch API: `input_1` to `input_30`.
//!
//! Explicit numbers are reserved. The other fields take the free numbers in order: document fields, then those of
//! slides that do not repeat; then lists and repeat groups, entry by entry over the union of their keys, as long as
//! numbers are left. (Lists stand behind single fields, or a list without a bound would leave nothing for them.)

use super::{Inventory, KnownField};
use crate::document::{Field, FieldType};

/// How many numbers there are.
pub const MAX_INPUTS: u32 = 30;

/// One number and what it fills.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// 1 to 30
    pub number: u32,
    pub target: Target,
    pub field: Field,
}

/// What an input fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A document field.
    Document { key: String },
    /// A part of a list's item; index from 0.
    Item { list: String, index: usize, key: String },
    /// A field of a group's entry; index from 0.
    Entry { each: String, index: usize, key: String },
}

impl Inventory {
    /// The numbers of this template's fields, ascending.
    pub fn inputs(&self) -> Vec<Input> {
        let mut numbering = Numbering { taken: Vec::new() };
        let (lists, single): (Vec<_>, Vec<_>) = self.document.iter().partition(|f| f.field.kind == FieldType::List);
        for known in &single {
            numbering.reserve(known, Target::Document { key: known.field.key.clone() });
        }
        for group in &self.groups {
            for known in &group.fields {
                let target = Target::Entry { each: group.each.clone(), index: 0, key: known.field.key.clone() };
                numbering.reserve(known, target);
            }
        }
        for known in single.iter().filter(|known| known.field.input.is_none()) {
            numbering.take(&known.field, Target::Document { key: known.field.key.clone() });
        }
        for known in lists {
            let list = &known.field;
            let keys: Vec<&Field> = list.of.iter().collect();
            numbering.take_entries(&keys, list.max, |index, key| Target::Item {
                list: list.key.clone(),
                index,
                key: key.to_owned(),
            });
        }
        for group in &self.groups {
            let keys: Vec<&Field> = group.fields.iter().map(|known| &known.field).collect();
            numbering.take_entries(&keys, group.max.map(f64::from), |index, key| Target::Entry {
                each: group.each.clone(),
                index,
                key: key.to_owned(),
            });
        }
        numbering.taken.sort_by_key(|input| input.number);
        numbering.taken
    }
}

struct Numbering {
    taken: Vec<Input>,
}

impl Numbering {
    fn reserve(&mut self, known: &KnownField, target: Target) {
        if let Some(number) = known.field.input {
            self.taken.push(Input { number, target, field: known.field.clone() });
        }
    }

    /// Gives the lowest free number; false when none is left.
    fn take(&mut self, field: &Field, target: Target) -> bool {
        let free = (1..=MAX_INPUTS).find(|number| self.taken.iter().all(|input| input.number != *number));
        if let Some(number) = free {
            self.taken.push(Input { number, target, field: field.clone() });
        }
        free.is_some()
    }

    fn take_entries(&mut self, fields: &[&Field], max: Option<f64>, target: impl Fn(usize, &str) -> Target) {
        let most = max.map_or(MAX_INPUTS as usize, |max| max.max(0.0) as usize).min(MAX_INPUTS as usize);
        for index in 0..most {
            for field in fields.iter().filter(|field| field.kind != FieldType::List) {
                let target = target(index, &field.key);
                let reserved = self.taken.iter().any(|input| input.target == target);
                if !reserved && !self.take(field, target) {
                    return;
                }
            }
        }
    }
}
