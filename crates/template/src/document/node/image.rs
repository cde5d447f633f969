//! `image`: a picture in a box.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Bound, ColorText, Corners, Number, Paints, TextTemplate};
use super::{Cap, Common, Join, StrokeAlign};

/// A picture in a box.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImageNode {
    #[serde(flatten)]
    pub common: Common,
    /// A URL, a path in the template's folder, or a binding to an image field.
    pub src: TextTemplate,
    /// How the picture fills the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "cover"))]
    pub fit: Option<Bound<ImageFit>>,
    /// What stays in view when the picture is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "center"))]
    pub focus: Option<Focus>,
    /// `[x, y, width, height]` as fractions of the upright picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("items" = { "$ref": "#/$defs/Number", "minimum": 0, "maximum": 1 }))]
    pub crop: Option<[Number; 4]>,
    /// Of the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "items" = { "minimum": 0 }))]
    pub corner_radius: Option<Corners>,
    /// What the outline is painted with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stroke: Option<Paints>,
    /// 1 when there is a stroke.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub stroke_width: Option<Number>,
    /// Lengths of dashes and gaps, in turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("items" = { "$ref": "#/$defs/Number", "minimum": 0 }))]
    pub stroke_dash: Vec<Number>,
    /// Where the outline lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "inside"))]
    pub stroke_align: Option<Bound<StrokeAlign>>,
    /// How corners of the outline look.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "miter"))]
    pub stroke_join: Option<Bound<Join>>,
    /// How ends of the outline and of dashes look.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "butt"))]
    pub stroke_cap: Option<Bound<Cap>>,
    /// Changes to the picture's colours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<ImageFilters>,
    /// Painted over the picture, inside its corners.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlay: Option<Paints>,
    /// Used when `src` is empty or cannot be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<TextTemplate>,
}

/// How a picture fills its box; as CSS `object-fit`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageFit {
    #[default]
    Cover,
    Contain,
    Fill,
    None,
    ScaleDown,
}

/// What stays in view when a picture is cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Focus {
    Keyword(FocusKeyword),
    /// `[x, y]` as fractions.
    Point([Number; 2]),
    Binding(super::super::Binding),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FocusKeyword {
    #[default]
    Center,
    Top,
    Bottom,
    Left,
    Right,
    /// The part with the most detail and colour.
    Auto,
}

/// As the CSS filter functions of the same names, applied in this order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImageFilters {
    /// 1 leaves the picture as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub brightness: Option<Number>,
    /// 1 leaves the picture as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub contrast: Option<Number>,
    /// 1 leaves the picture as it is, 0 makes it grey.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub saturate: Option<Number>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "maximum" = 1))]
    pub grayscale: Option<Number>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "maximum" = 1))]
    pub sepia: Option<Number>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "maximum" = 1))]
    pub invert: Option<Number>,
    /// Degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hue_rotate: Option<Number>,
    /// σ in the canvas's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub blur: Option<Number>,
    /// Luma × this colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tint: Option<ColorText>,
}
