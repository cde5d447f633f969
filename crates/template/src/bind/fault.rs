//! What is wrong with a request, all of it at once.

use serde::Serialize;
use thiserror::Error;

use crate::warning::{Warning, WarningCode};

/// What a request's fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BindFaultKind {
    /// Something is missing from the request's shape, or has another shape than it must have.
    Shape,
    /// The template has no such label, and the request is strict.
    UnknownLabel,
    /// The label means a field of another kind.
    WrongKind,
    /// A required field has neither value nor default.
    MissingField,
    /// A value that the field cannot take, and the request is strict.
    InvalidValue,
    /// A value that is too long, and the request is strict.
    TooLong,
    /// A carousel or a list has more or fewer entries than it may have.
    EntryCount,
    /// An image that is no full http(s) address, where nothing else may be given.
    ImageUrl,
}

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BindFault {
    pub kind: BindFaultKind,
    /// Where in the request: `content_update[1].type`; empty for what is not there.
    pub place: String,
    /// The template's slide it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slide: Option<String>,
    /// The label or field it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A sentence that names the place, says what is wrong and what would be right.
    pub message: String,
}

impl BindFault {
    pub(crate) fn new(kind: BindFaultKind, place: impl Into<String>, message: impl Into<String>) -> BindFault {
        BindFault { kind, place: place.into(), slide: None, label: None, message: message.into() }
    }

    pub(crate) fn on_slide(mut self, slide: Option<&str>) -> BindFault {
        self.slide = slide.map(str::to_owned);
        self
    }

    pub(crate) fn for_label(mut self, label: &str) -> BindFault {
        self.label = Some(label.to_owned());
        self
    }
}

/// A request that cannot be bound. Displayed as one text that names every fault.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{}", self.message())]
pub struct BindError {
    /// At least one.
    pub faults: Vec<BindFault>,
    /// What was noticed before: a label that the template does not have may be why a field is missing.
    pub warnings: Vec<Warning>,
}

impl BindError {
    /// Every fault; the missing fields together in one sentence, with the labels that may have been meant for them.
    fn message(&self) -> String {
        let (missing, others): (Vec<_>, Vec<_>) =
            self.faults.iter().partition(|fault| fault.kind == BindFaultKind::MissingField);
        let mut sentences: Vec<String> = others.iter().map(|fault| fault.message.clone()).collect();
        match &missing[..] {
            [] => {}
            [only] => sentences.push(format!("a required field is missing: {}", only.message)),
            many => {
                let names: Vec<&str> = many.iter().map(|fault| fault.message.as_str()).collect();
                sentences.push(format!("required fields are missing: {}", names.join(", ")));
            }
        }
        if !missing.is_empty() {
            let unknown = self.warnings.iter().filter(|warning| warning.code == WarningCode::UnknownLabel);
            sentences.extend(unknown.map(|warning| warning.message.clone()));
        }
        sentences.join("; ")
    }
}

impl From<Vec<BindFault>> for BindError {
    fn from(faults: Vec<BindFault>) -> Self {
        BindError { faults, warnings: Vec::new() }
    }
}
