//! The Render API's request (Contentdrips-compatible): `branding`, `content_update`, three carousel shapes.
//!
//! [`parse`] reads the body without any template and finds every fault of its shape; [`bind`] finds the labels.

mod carousel;
mod request;
mod update;

use super::finish::finish;
use super::given::{Given, GivenEntry};
use super::labels::LabelScope;
use super::{BindError, BindOptions, Bound, samples};
use crate::compiled::Compiled;
use crate::value::Value;
use crate::warning::{Warning, WarningCode};

pub use carousel::{Carousel, CarouselEntry};
pub use request::{OUTPUTS, Request, parse};
pub use update::{Update, UpdateKind};

/// Binds a request to its template.
///
/// # Errors
/// Every fault at once: labels of another kind, missing required fields with their slide, bounds; in a strict request
/// also unknown labels, values that cannot be used and texts that are too long.
pub fn bind(compiled: &Compiled, request: &Request, options: &BindOptions) -> Result<Bound, BindError> {
    let options = BindOptions { strict: options.strict || request.strict, ..options.clone() };
    let mut given = Given { carousel: request.carousel_tool || request.carousel.is_some(), ..Given::default() };
    given.notes.strict = options.strict;
    given.notes.warnings = request.warnings.clone();
    for (key, value) in &request.branding {
        given.brand.values.insert(key.clone(), Value::Text(value.clone()));
    }
    let mut binder = Binder { compiled, given };
    let (template, inventory) = (compiled.template(), compiled.fields());
    let document = [LabelScope::document(template, inventory), LabelScope::repeating_nodes(template)];
    for update in &request.updates {
        binder.document_update(&document, update);
    }
    if let Some(carousel) = &request.carousel {
        binder.carousel(carousel);
    }
    let mut given = binder.given;
    if options.preview {
        samples::fill(compiled, &mut given);
    }
    finish(compiled, given, &options)
}

/// Puts the parts of a request where they belong.
struct Binder<'a> {
    compiled: &'a Compiled,
    given: Given,
}

impl Binder<'_> {
    fn warn(&mut self, code: WarningCode, label: &str, message: String) {
        self.given.notes.warnings.push(Warning::new(code, message).for_label(label));
    }

    /// Entries go to the first repeat group, or to the slides of a template that has none.
    fn put_entries(&mut self, entries: Vec<GivenEntry>) {
        match self.compiled.fields().groups.first() {
            Some(group) => _ = self.given.entries.insert(group.each.clone(), entries),
            None => self.given.loose = entries,
        }
    }
}

#[cfg(test)]
mod tests;
