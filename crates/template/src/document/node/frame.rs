//! `frame`: a box that lays out its children.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Bound, Corners, Gap, Number, Paints, Sides};
use super::{Cap, Common, Join, Node, StrokeAlign};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FrameNode {
    #[serde(flatten)]
    pub common: Common,
    /// `free` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<Bound<Layout>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub padding: Option<Sides>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub align_items: Option<Bound<Align>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub justify_content: Option<Bound<Justify>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrap: Option<Bound<bool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<TrackList>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<TrackList>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corner_radius: Option<Corners>,
    /// Whether children are cut at the (rounded) box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip: Option<Bound<bool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit_content: Option<Bound<FitContent>>,
    /// 0.5 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_scale: Option<Number>,
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
