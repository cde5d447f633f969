//! The inventory as JSON, for forms, for `…/inputs` and for whoever writes a client. Samples are never in it: they
//! belong to the editor.

use serde::Serialize;
use serde_json::Value;

use super::{Group, Input, Inventory, KnownField, Target};
use crate::document::{Field, FieldType};

/// Every field of a template, its groups and its numbers in the Batch API.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InventoryView {
    pub fields: Vec<FieldView>,
    pub groups: Vec<GroupView>,
    pub inputs: Vec<InputView>,
}

/// One field, as forms need it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldView {
    pub key: String,
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// What people see: the field's label, else its key in words.
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    pub required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// The fields of a list's items.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<FieldView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_height: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The heading under which forms show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The slide it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slide: Option<String>,
    /// False when only a token of the template names it.
    pub declared: bool,
}

/// A repeat group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupView {
    pub each: String,
    pub slides: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    pub fields: Vec<FieldView>,
}

/// One number of the Batch API.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InputView {
    /// `input_1`
    pub name: String,
    pub key: String,
    pub label: String,
    #[serde(rename = "type")]
    pub kind: FieldType,
    pub required: bool,
    /// The list or group it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Which of its entries, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<usize>,
}

impl Inventory {
    /// What a client may be told about the fields.
    pub fn describe(&self) -> InventoryView {
        InventoryView {
            fields: self.document.iter().map(known_view).collect(),
            groups: self.groups.iter().map(group_view).collect(),
            inputs: self.inputs().iter().map(input_view).collect(),
        }
    }
}

/// The name that people see for a field.
pub(crate) fn label_of(field: &Field) -> String {
    field.label.clone().unwrap_or_else(|| {
        let words = field.key.replace('_', " ");
        let mut letters = words.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    })
}

fn known_view(known: &KnownField) -> FieldView {
    FieldView { slide: known.slide.clone(), declared: known.declared, ..field_view(&known.field) }
}

fn field_view(field: &Field) -> FieldView {
    FieldView {
        key: field.key.clone(),
        kind: field.kind,
        label: label_of(field),
        help: field.help.clone(),
        required: field.required == Some(true),
        default: field.default.clone(),
        min_length: field.min_length,
        max_length: field.max_length,
        pattern: field.pattern.clone(),
        min: field.min,
        max: field.max,
        options: field.options.clone(),
        of: field.of.iter().map(field_view).collect(),
        min_width: field.min_width,
        min_height: field.min_height,
        aliases: field.aliases.clone(),
        group: field.group.clone(),
        slide: None,
        declared: true,
    }
}

fn group_view(group: &Group) -> GroupView {
    GroupView {
        each: group.each.clone(),
        slides: group.slides.clone(),
        min: group.min,
        max: group.max,
        fields: group.fields.iter().map(known_view).collect(),
    }
}

fn input_view(input: &Input) -> InputView {
    let (list, entry) = match &input.target {
        Target::Document { .. } => (None, None),
        Target::Item { list, index, .. } => (Some(list.clone()), Some(index + 1)),
        Target::Entry { each, index, .. } => (Some(each.clone()), Some(index + 1)),
    };
    InputView {
        name: format!("input_{}", input.number),
        key: input.field.key.clone(),
        label: label_of(&input.field),
        kind: input.field.kind,
        required: input.field.required == Some(true),
        list,
        entry,
    }
}
