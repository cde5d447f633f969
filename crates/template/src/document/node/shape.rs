//! `shape`: rectangles, ellipses, lines, polygons, stars and paths.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Bound, Corners, Number, Paints, TextTemplate, Whole};
use super::Common;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShapeNode {
    #[serde(flatten)]
    pub common: Common,
    pub shape: ShapeKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill: Option<Paints>,
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
    /// Of a rectangle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corner_radius: Option<Corners>,
    /// Of a polygon or star; 5 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sides: Option<Whole>,
    /// Of a star, as a fraction of the outer radius; 0.382 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner_radius: Option<Number>,
    /// SVG path data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<TextTemplate>,
    /// `[x, y, width, height]` of the path's own coordinates, stretched to the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view_box: Option<[f64; 4]>,
    /// `nonzero` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill_rule: Option<Bound<FillRule>>,
    /// Corners of a polygon or stations of a line, as fractions of the box.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<[Number; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_head: Option<Bound<ArrowHead>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_head: Option<Bound<ArrowHead>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ShapeKind {
    Rect,
    Ellipse,
    Line,
    Polygon,
    Star,
    Path,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StrokeAlign {
    Center,
    #[default]
    Inside,
    Outside,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Join {
    #[default]
    Miter,
    Round,
    Bevel,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cap {
    #[default]
    Butt,
    Round,
    Square,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FillRule {
    #[default]
    Nonzero,
    Evenodd,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ArrowHead {
    #[default]
    None,
    Arrow,
    Circle,
    Square,
    Bar,
}
