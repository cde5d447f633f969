//! The nodes: what may stand in a slide. One file per kind; what all kinds share is here.

mod code;
mod frame;
mod image;
mod shape;
mod svg;
mod text;
mod use_node;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Blend, Bound, Expression, JsonObject, Length, Mask, Number, Shadow, Sides, TextTemplate, Whole};

pub use code::{BarcodeKind, CodeNode, ErrorCorrection};
pub use frame::{Align, FitContent, FrameNode, Justify, Layout, Track, TrackList};
pub use image::{Focus, FocusKeyword, ImageFilters, ImageFit, ImageNode};
pub use shape::{ArrowHead, Cap, FillRule, Join, ShapeKind, ShapeNode, StrokeAlign};
pub use svg::SvgNode;
pub use text::{
    Decoration, Direction, Fit, FitMode, FitObject, Highlight, HighlightPer, ListStyle, MarkName, Markup, Overflow,
    Span, SpanObject, TextAlign, TextCase, TextNode, TextStyle, VerticalAlign, Weight, WeightKeyword, Wrap,
};
pub use use_node::UseNode;

/// A node, told apart by `type`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Node {
    Frame(Box<FrameNode>),
    Text(Box<TextNode>),
    Image(Box<ImageNode>),
    Shape(Box<ShapeNode>),
    Svg(Box<SvgNode>),
    Code(Box<CodeNode>),
    Use(Box<UseNode>),
}

impl Node {
    /// The properties that every kind has.
    pub fn common(&self) -> &Common {
        match self {
            Node::Frame(n) => &n.common,
            Node::Text(n) => &n.common,
            Node::Image(n) => &n.common,
            Node::Shape(n) => &n.common,
            Node::Svg(n) => &n.common,
            Node::Code(n) => &n.common,
            Node::Use(n) => &n.common,
        }
    }

    /// The name of the kind, as `type` has it.
    pub fn kind(&self) -> &'static str {
        match self {
            Node::Frame(_) => "frame",
            Node::Text(_) => "text",
            Node::Image(_) => "image",
            Node::Shape(_) => "shape",
            Node::Svg(_) => "svg",
            Node::Code(_) => "code",
            Node::Use(_) => "use",
        }
    }

    /// The nodes inside a frame; none for the other kinds.
    pub fn children(&self) -> &[Node] {
        match self {
            Node::Frame(frame) => &frame.children,
            _ => &[],
        }
    }
}

pub(super) const ID_TITLE: &str = "letters, digits and _ . : -, such as \"cover-title\"";
pub(super) const ID_PATTERN: &str = "^[A-Za-z0-9_][A-Za-z0-9_.:-]*$";

const PIN_TITLE: &str = "two words such as \"right bottom\": left, right, center, stretch, scale or auto, then top, bottom, center, stretch, scale or auto";
const PIN_PATTERN: &str = concat!(
    "^((left|right|center|stretch|scale|auto)( (top|bottom|center|stretch|scale|auto))?",
    r"|\{\{[\s\S]*\}\})$",
);

/// What every node may say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Common {
    /// Unique in the template; letters, digits and `_ . : -`. Nodes without one are addressed by their path.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("title" = ID_TITLE, "pattern" = ID_PATTERN))]
    pub id: Option<String>,
    /// What people see in the editor; also a label in requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For whoever edits the template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// For the editor: not to be moved by accident.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub locked: Option<bool>,
    /// A node that is not visible is removed before layout, as by `when`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = true))]
    pub visible: Option<Bound<bool>>,
    /// A node whose expression is false is removed before layout, so that gaps close.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Expression>,
    /// The node, once per entry of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// From the parent's left edge; of free and absolute nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<Number>,
    /// From the parent's upper edge; of free and absolute nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<Number>,
    /// Of the unrotated box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<Length>,
    /// Of the unrotated box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<Length>,
    /// Never narrower than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_width: Option<Length>,
    /// Never wider than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_width: Option<Length>,
    /// Never lower than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_height: Option<Length>,
    /// Never higher than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_height: Option<Length>,
    /// Width divided by height.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub aspect_ratio: Option<Number>,
    /// Room around the node; may be negative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<Sides>,
    /// Its share of the room that is left along a row or column.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub grow: Option<Number>,
    /// How much it gives way along a row or column; 1 for texts, growing and filling nodes, else 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub shrink: Option<Number>,
    /// Its own `alignItems`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub align_self: Option<Bound<AlignSelf>>,
    /// Taken out of the parent's flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub absolute: Option<Bound<bool>>,
    /// Grid column, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1))]
    pub column: Option<Whole>,
    /// Grid row, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1))]
    pub row: Option<Whole>,
    /// Grid columns it covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "default" = 1))]
    pub column_span: Option<Whole>,
    /// Grid rows it covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "default" = 1))]
    pub row_span: Option<Whole>,
    /// How a free child follows its parent's size: `"x y"` of left|right|center|stretch|scale|auto and
    /// top|bottom|center|stretch|scale|auto; one word means the y part is auto.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("title" = PIN_TITLE, "pattern" = PIN_PATTERN))]
    pub pin: Option<TextTemplate>,
    /// Degrees clockwise about the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = 0))]
    pub rotation: Option<Number>,
    /// 1 is solid, 0 is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "maximum" = 1, "default" = 1))]
    pub opacity: Option<Number>,
    /// How its colours mix with what is beneath, as CSS `mix-blend-mode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "normal"))]
    pub blend: Option<Bound<Blend>>,
    /// From the lowest to the highest. On `use` an empty list takes away the component's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = []))]
    pub shadow: Option<Vec<Shadow>>,
    /// Gaussian blur of the node itself; σ = blur.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "default" = 0))]
    pub blur: Option<Number>,
    /// What of the node shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<Mask>,
    /// Mirrored left-right (`x`), top-bottom (`y`) or both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flip: Option<Bound<Flip>>,
    /// `[a, b, c, d, e, f]` as CSS `matrix()`, about the centre, before flip and rotation; `e` and `f` in the canvas's
    /// unit. For skew and other things that importers bring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<[Number; 6]>,
    /// http, https, mailto or tel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<TextTemplate>,
    /// What a picture shows, for those who cannot see it; empty for decoration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt: Option<TextTemplate>,
    /// Free-form, kept as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<JsonObject>,
    /// Size name or class (`landscape`, `portrait`, `square`) → the properties that differ there.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub at: IndexMap<String, JsonObject>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AlignSelf {
    Start,
    Center,
    End,
    Stretch,
    Baseline,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Flip {
    X,
    Y,
    Xy,
}

/// Once per entry of a list, or a number of times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Repeat {
    /// An expression that gives a list or a whole number. On a slide: the name of the entries, usually `slides`.
    pub each: Expression,
    /// The entry's name in expressions, beside `item`.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Fewer entries than this are an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// More entries than this are an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
}
