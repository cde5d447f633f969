//! `svg`: a vector drawing, from a file or inline.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Bound, ColorText, Number, TextTemplate};
use super::{Common, ImageFit};

/// A vector drawing. Exactly one of `src` and `svg` is given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SvgNode {
    #[serde(flatten)]
    pub common: Common,
    /// A path in the template's folder, a URL, or a binding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub src: Option<TextTemplate>,
    /// The drawing itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub svg: Option<String>,
    /// Colour in the drawing → colour to draw it with.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub colors: IndexMap<String, ColorText>,
    /// How the drawing fills the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "contain"))]
    pub fit: Option<Bound<ImageFit>>,
    /// `[x, y, width, height]` as fractions of the drawing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("items" = { "$ref": "#/$defs/Number", "minimum": 0, "maximum": 1 }))]
    pub crop: Option<[Number; 4]>,
}
