//! `shape`: rectangles, ellipses, lines, polygons, stars and paths.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Bound, Corners, Number, Paints, TextTemplate, Whole};
use super::Common;

/// A rectangle, ellipse, line, polygon, star or path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShapeNode {
    #[serde(flatten)]
    pub common: Common,
    /// What is drawn in the box.
    pub shape: ShapeKind,
    /// What the shape is painted with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill: Option<Paints>,
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
    /// Where the outline lies; `inside` when absent, `center` for lines and open paths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stroke_align: Option<Bound<StrokeAlign>>,
    /// How corners of the outline look.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "miter"))]
    pub stroke_join: Option<Bound<Join>>,
    /// How ends of the outline and of dashes look.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "butt"))]
    pub stroke_cap: Option<Bound<Cap>>,
    /// Of a rectangle.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "items" = { "minimum": 0 }))]
    pub corner_radius: Option<Corners>,
    /// Of a polygon or star.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 3, "maximum" = 100, "default" = 5))]
    pub sides: Option<Whole>,
    /// Of a star, as a fraction of the outer radius.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "maximum" = 1, "default" = 0.382))]
    pub inner_radius: Option<Number>,
    /// SVG path data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<TextTemplate>,
    /// `[x, y, width, height]` of the path's own coordinates, stretched to the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view_box: Option<[f64; 4]>,
    /// Which parts of a path that crosses itself are inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "nonzero"))]
    pub fill_rule: Option<Bound<FillRule>>,
    /// Corners of a polygon or stations of a line, as fractions of the box.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<[Number; 2]>,
    /// What stands at a line's beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "none"))]
    pub start_head: Option<Bound<ArrowHead>>,
    /// What stands at a line's end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "none"))]
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
