//! Scopes: where expressions look names up, from the innermost outwards.

use crate::value::{Value, Values};

/// A layer of names over an outer one. A name in an inner layer hides the outer ones, even when it is absent there.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    values: &'a Values,
    outer: Option<&'a Scope<'a>>,
}

impl<'a> Scope<'a> {
    /// A scope without anything around it.
    pub fn new(values: &'a Values) -> Scope<'a> {
        Scope { values, outer: None }
    }

    /// `values` before this scope's.
    pub fn inside(values: &'a Values, outer: &'a Scope<'a>) -> Scope<'a> {
        Scope { values, outer: Some(outer) }
    }

    /// The innermost value of a name.
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        let mut layer = *self;
        loop {
            if let Some(value) = layer.values.get(name) {
                return Some(value);
            }
            layer = *layer.outer?;
        }
    }
}
