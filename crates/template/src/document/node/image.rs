//! `image`: a picture in a box.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Bound, ColorText, Corners, Number, Paints, TextTemplate};
use super::{Cap, Common, Join, StrokeAlign};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImageNode {
    #[serde(flatten)]
    pub common: Common,
    /// A URL, a path in the template's folder, or a binding to an image field.
    pub src: TextTemplate,
    /// `cover` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<Bound<ImageFit>>,
    /// `center` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focus: Option<Focus>,
    /// `[x, y, width, height]` as fractions of the upright picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crop: Option<[Number; 4]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corner_radius: Option<Corners>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stroke: Option<Paints>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stroke_width: Option<Number>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stroke_dash: Vec<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stroke_align: Option<Bound<StrokeAlign>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stroke_join: Option<Bound<Join>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stroke_cap: Option<Bound<Cap>>,
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
    pub brightness: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contrast: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saturate: Option<Number>,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grayscale: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sepia: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invert: Option<Number>,
    /// Degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hue_rotate: Option<Number>,
    /// σ in the canvas's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blur: Option<Number>,
    /// Luma × this colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tint: Option<ColorText>,
}
