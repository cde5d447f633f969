//! What a request gives, by field: its labels are found, its values are still as they came.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::{BindFault, BindFaultKind, Brand, NodeOverride};
use crate::warning::{Warning, WarningCode};

/// One value and where it stands in the request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GivenValue {
    pub(super) json: Json,
    pub(super) place: String,
}

/// One entry of a carousel, or what holds for one slide only.
#[derive(Debug, Clone, Default)]
pub(super) struct GivenEntry {
    pub(super) slide: Option<String>,
    pub(super) values: IndexMap<String, GivenValue>,
    pub(super) overrides: Vec<NodeOverride>,
    pub(super) place: String,
}

/// A request after its labels were found.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Document fields, by key; the last value of a key stands.
    pub(super) document: IndexMap<String, GivenValue>,
    /// Entries by their group's `each`.
    pub(super) entries: IndexMap<String, Vec<GivenEntry>>,
    /// Entries for a template without a repeating slide.
    pub(super) loose: Vec<GivenEntry>,
    /// What holds for one slide only, by its id.
    pub(super) slides: IndexMap<String, GivenEntry>,
    pub(super) brand: Brand,
    pub(super) overrides: Vec<NodeOverride>,
    pub(super) carousel: bool,
    pub(super) notes: Notes,
}

/// What was noticed: warnings, and faults that refuse the request.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) warnings: Vec<Warning>,
    pub(super) faults: Vec<BindFault>,
    /// Values that their fields could not take.
    pub(super) refused: Vec<Refused>,
    /// What is a warning otherwise is a fault.
    pub(super) strict: bool,
}

/// A value that its field could not take.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) key: String,
    /// From 0.
    pub(super) entry: Option<usize>,
    pub(super) reason: String,
}

impl Notes {
    pub(super) fn fault(&mut self, fault: BindFault) {
        self.faults.push(fault);
    }

    /// The value of a field, in one entry or outside all, that the field could not take.
    pub(super) fn refused(&self, key: &str, entry: Option<usize>) -> Option<&Refused> {
        self.refused.iter().find(|refused| refused.key == key && refused.entry == entry)
    }

    /// A warning, or a fault in a strict request.
    pub(super) fn warn_or_fault(&mut self, warning: Warning, kind: BindFaultKind, place: &str) {
        if self.strict {
            let fault = BindFault { label: warning.label.clone(), ..BindFault::new(kind, place, warning.message) };
            self.faults.push(fault);
        } else {
            self.warnings.push(warning);
        }
    }

    /// A key of the request that means nothing here.
    pub(super) fn ignored(&mut self, key: &str, message: impl Into<String>) {
        self.warnings.push(Warning::new(WarningCode::UnknownLabel, message).for_label(key));
    }
}

impl Given {
    /// Puts a value of the document; null is absent and takes an earlier one away.
    pub(super) fn put(&mut self, key: &str, json: &Json, place: &str) {
        put(&mut self.document, key, json, place);
    }
}

pub(super) fn put(values: &mut IndexMap<String, GivenValue>, key: &str, json: &Json, place: &str) {
    values.insert(key.to_owned(), GivenValue { json: json.clone(), place: place.to_owned() });
}
