//! Fields: the named values a request may give a template.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One named value of a template, a slide's entry, a list's item or a component's props.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Its name in `{{tokens}}` and requests: lower-case letters, digits and underscores.
    #[schemars(extend("title" = "lower-case letters, digits and underscores, such as \"main_image\"", "pattern" = "^[a-z][a-z0-9_]*$"))]
    pub key: String,
    /// What kind of value it takes.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// What people see beside the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A hint beneath the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Whether a request must give it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub required: Option<bool>,
    /// Used when the request gives nothing; may be published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// Used by previews only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<serde_json::Value>,
    /// In grapheme clusters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// In grapheme clusters; a warning when exceeded, an error when the request is strict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// A regular expression that the whole value must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Least number, or least length of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Greatest number, or greatest length of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The values of a `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Least width of an image, in its own pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_width: Option<u32>,
    /// Least height of an image, in its own pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_height: Option<u32>,
    /// Other labels that mean this field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Its number in the Batch API: `input_1` to `input_30`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 30))]
    pub input: Option<u32>,
    /// A heading under which forms show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The fields of a `list`'s items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<Field>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    Text,
    Richtext,
    Image,
    Color,
    Number,
    Bool,
    Choice,
    Url,
    Date,
    List,
}
