//! `frame`: a box that lays out its children.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Bound, Corners, Gap, Number, Paints, Sides};
use super::{Cap, Common, Join, Node, StrokeAlign};

/// A box that lays out its children.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FrameNode {
    #[serde(flatten)]
    pub common: Common,
    /// How children are placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "free"))]
    pub layout: Option<Bound<Layout>>,
    /// Room between children.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "items" = { "minimum": 0 }))]
    pub gap: Option<Gap>,
    /// Room between the frame's edge and the children.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "items" = { "minimum": 0 }))]
    pub padding: Option<Sides>,
    /// Where children stand across the direction of the layout.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "start"))]
    pub align_items: Option<Bound<Align>>,
    /// How children share the room along the layout.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "start"))]
    pub justify_content: Option<Bound<Justify>>,
    /// Whether rows and columns break into several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub wrap: Option<Bound<bool>>,
    /// Columns of a grid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<TrackList>,
    /// Rows of a grid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<TrackList>,
    /// What the box is painted with.
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
    /// Of the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "items" = { "minimum": 0 }))]
    pub corner_radius: Option<Corners>,
    /// Whether children are cut at the (rounded) box.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub clip: Option<Bound<bool>>,
    /// How fitting texts shrink together when the children need more room than there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "none"))]
    pub fit_content: Option<Bound<FitContent>>,
    /// The least factor of `fitContent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "maximum" = 1, "default" = 0.5))]
    pub min_scale: Option<Number>,
    /// The nodes inside, from the lowest to the highest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Node>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    #[default]
    Free,
    Row,
    Column,
    Grid,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    #[default]
    Start,
    Center,
    End,
    Stretch,
    Baseline,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Justify {
    #[default]
    Start,
    Center,
    End,
    SpaceBetween,
    SpaceAround,
    SpaceEvenly,
}

/// Grid tracks: a number n means n equal ones; a list gives each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum TrackList {
    Count(#[schemars(range(min = 1, max = 100))] u32),
    Each(#[schemars(length(min = 1, max = 100))] Vec<Track>),
}

/// One grid track: a number in the canvas's unit, `"30%"`, `"1fr"` or `"auto"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Track {
    Value(#[schemars(range(min = 0))] f64),
    #[schemars(extend("title" = "\"30%\", \"1fr\" or \"auto\""))]
    Text(#[schemars(regex(pattern = r"^(auto|\d+(\.\d+)?(%|fr))$"))] String),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FitContent {
    #[default]
    None,
    /// One factor for the fitting texts inside, until nothing leaves the frame.
    Shrink,
}
