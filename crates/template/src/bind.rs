//! Binding: from a request's labels and values to the typed values of a template's fields.
//!
//! Each API family reads its own request shape and finds its labels ([`render_api`], [`batch`], [`native`]); what
//! follows is the same for all: conversion to the fields' types, defaults, required fields, bounds.

pub mod batch;
mod convert;
mod fault;
mod finish;
mod given;
mod labels;
pub mod native;
mod overrides;
pub mod render_api;
mod samples;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::document::JsonObject;
use crate::value::Values;
use crate::warning::Warning;

pub(crate) use convert::convert;
pub use fault::{BindError, BindFault, BindFaultKind};

/// How a request is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindOptions {
    /// Unknown labels, values that a field cannot take, texts that are too long and empty groups are faults.
    pub strict: bool,
    /// What the request leaves open comes from the template's samples and its brand; nothing is required.
    pub preview: bool,
    /// Entries beyond a group's bound are cut off instead of refused.
    pub truncate: bool,
    /// The server's own bound on entries.
    pub max_entries: usize,
}

impl Default for BindOptions {
    fn default() -> Self {
        BindOptions { strict: false, preview: false, truncate: false, max_entries: 100 }
    }
}

/// A request, bound to one template: everything that resolving needs beside the template.
///
/// Values have their field's type; a field of the template that nothing was given for is there, too, as
/// [`Value::Absent`](crate::value::Value::Absent).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// Document fields, by key.
    pub data: Values,
    /// The entries of each repeat group, by its `each`.
    pub entries: IndexMap<String, Vec<Entry>>,
    /// Entries of a template that is one slide without `repeat`: the slide is drawn once for each.
    pub copies: Vec<Entry>,
    /// What holds for one slide only, by its id.
    pub slides: IndexMap<String, Entry>,
    /// Slides that are left out, by id.
    pub dropped: Vec<String>,
    pub brand: Brand,
    /// Node properties that hold on every slide.
    pub overrides: Vec<NodeOverride>,
    /// The answer is a list of pictures, whatever the template is.
    pub carousel: bool,
    pub warnings: Vec<Warning>,
}

/// The values of one entry, or of one slide. They hide document values of the same key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The slide of the group that the entry asks for.
    pub slide: Option<String>,
    pub values: Values,
    pub overrides: Vec<NodeOverride>,
}

/// The five branding values, and theme entries that replace the template's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Brand {
    /// `name`, `handle`, `bio`, `website_url`, `avatar_image_url`.
    pub values: Values,
    pub colors: IndexMap<String, String>,
    pub fonts: IndexMap<String, String>,
    /// Keys of `values` that do not come from the request but from a brand that is kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
}

impl Brand {
    /// Puts what a brand that is kept says where the request says nothing.
    pub fn fill(&mut self, kept: Brand) {
        for (key, value) in kept.values {
            if !self.values.contains_key(&key) {
                self.kept.push(key.clone());
                self.values.insert(key, value);
            }
        }
        for (own, kept) in [(&mut self.colors, kept.colors), (&mut self.fonts, kept.fonts)] {
            for (name, value) in kept {
                own.entry(name).or_insert(value);
            }
        }
    }
}

/// The branding keys that exist.
pub const BRAND_KEYS: [&str; 5] = ["name", "handle", "bio", "website_url", "avatar_image_url"];

/// Properties of one node that a request replaces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeOverride {
    /// The node's id or path; inside a component `use-id/inner-id`.
    pub node: String,
    /// Whole properties as a template writes them; null takes one away. Texts are escaped: nothing in them is
    /// evaluated.
    pub set: JsonObject,
    /// Replaces `fontSize` and, under `fit: fill`, `max`; in the template's unit for font sizes.
    pub font_size: Option<f64>,
}
