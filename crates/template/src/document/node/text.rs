//! `text`: shaped, wrapped and fitted text; and the text styles of the theme.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Binding, Bound, Number, Paint, Paints, Sides, TextTemplate, Whole};
use super::{Common, Join};

/// Shaped, wrapped and fitted text. Exactly one of `text` and `spans` is given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TextNode {
    #[serde(flatten)]
    pub common: Common,
    /// The name of a text style of the theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextTemplate>,
    /// What it says, in pieces that look different.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spans: Option<Vec<Span>>,
    /// Whether `**bold**` and the like mean something.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "none"))]
    pub markup: Option<Bound<Markup>>,
    /// How inline markup looks: bold, italic, mark, code, strike, link.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub marks: IndexMap<MarkName, TextStyle>,
    #[serde(flatten)]
    pub own: TextStyle,
    /// Where the lines stand in a box that is higher.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "top"))]
    pub vertical_align: Option<Bound<VerticalAlign>>,
    /// How lines break.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "normal"))]
    pub wrap: Option<Bound<Wrap>>,
    /// BCP 47 language of this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<TextTemplate>,
    /// Where a paragraph begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "auto"))]
    pub direction: Option<Bound<Direction>>,
    /// Paragraphs as list items.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "none"))]
    pub list: Option<Bound<ListStyle>>,
    /// How the font size follows the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "none"))]
    pub fit: Option<Fit>,
    /// No more lines than this: a text that fits its box shrinks, any other is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1))]
    pub max_lines: Option<Whole>,
    /// What happens to text that still does not fit; `ellipsis` when height or lines are bounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overflow: Option<Bound<Overflow>>,
    /// A box behind the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highlight: Option<Highlight>,
}

/// How characters look, and how paragraphs of them stand. A theme's text style, a text's own, a span's, a mark's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TextStyle {
    /// The text style that this one starts from (in the theme only).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// A family name or `$token`; `$body` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font_family: Option<TextTemplate>,
    /// 32 when absent; px, or points in documents of a physical unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub font_size: Option<Number>,
    /// 1 to 1000, `normal`, `bold`; 400 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font_weight: Option<Weight>,
    /// Whether it is slanted; false when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub italic: Option<Bound<bool>>,
    /// Four-letter variation axes and their values.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("propertyNames" = { "title": "four letters such as \"wght\"", "pattern": "^[A-Za-z][A-Za-z0-9 ]{3}$" }))]
    pub font_axes: Option<IndexMap<String, Number>>,
    /// OpenType features to switch on, such as `tnum`; `-liga` switches one off. An empty list takes away the style's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("items" = { "type": "string", "title": "four letters such as \"tnum\" or \"-liga\"", "pattern": "^-?[A-Za-z0-9]{4}$" }))]
    pub font_features: Option<Vec<String>>,
    /// Times the font size; 1.2 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub line_height: Option<Number>,
    /// In em, between clusters; 0 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter_spacing: Option<Number>,
    /// In em, between paragraphs; 0 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub paragraph_spacing: Option<Number>,
    /// How letters are shown; `none` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_case: Option<Bound<TextCase>>,
    /// A line under or through the text; `none` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoration: Option<Bound<Decoration>>,
    /// Where lines stand; `start` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub align: Option<Bound<TextAlign>>,
    /// Whether words may be divided between syllables, where the text's language is one with known patterns; false when
    /// absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hyphenate: Option<Bound<bool>>,
    /// `$ink` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill: Option<Paints>,
    /// An outline, centred beneath the fill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stroke: Option<Paints>,
    /// 1 when there is a stroke.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub stroke_width: Option<Number>,
    /// How corners of the outline look; `miter` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stroke_join: Option<Bound<Join>>,
}

/// A piece of a text with its own look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Span {
    Plain(TextTemplate),
    Styled(Box<SpanObject>),
}

/// A piece of a text with its own look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpanObject {
    /// What it says.
    pub text: TextTemplate,
    /// The name of a text style of the theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// http, https, mailto or tel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<TextTemplate>,
    #[serde(flatten)]
    pub own: TextStyle,
}

/// A weight as a number, a CSS word, or a binding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Weight {
    Number(#[schemars(range(min = 1, max = 1000))] f64),
    Keyword(WeightKeyword),
    Binding(Binding),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WeightKeyword {
    Normal,
    Bold,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Markup {
    #[default]
    None,
    /// `**bold**`, `*italic*`, `==mark==`, `~~strike~~`, `` `code` ``, `[text](url)`, backslash escapes.
    Inline,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MarkName {
    Bold,
    Italic,
    Mark,
    Code,
    Strike,
    Link,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TextCase {
    #[default]
    None,
    Upper,
    Lower,
    Title,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decoration {
    #[default]
    None,
    Underline,
    LineThrough,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TextAlign {
    #[default]
    Start,
    Center,
    End,
    Justify,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VerticalAlign {
    #[default]
    Top,
    Middle,
    Bottom,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Wrap {
    #[default]
    Normal,
    /// The narrowest width with the same number of lines.
    Balance,
    /// As `balance`, only where the last line would be a short one.
    Pretty,
    /// One line per paragraph.
    None,
    /// Words may break anywhere.
    Anywhere,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// By the first strong character of each paragraph.
    #[default]
    Auto,
    Ltr,
    Rtl,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ListStyle {
    #[default]
    None,
    Disc,
    Number,
    Check,
}

/// How the font size follows the box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Fit {
    Mode(FitMode),
    Object(FitObject),
}

/// How the font size follows the box, with its bounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FitObject {
    /// Whether the size only shrinks, or fills the box.
    pub mode: FitMode,
    /// Least font size; 0.3 × fontSize when absent, never below 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub min: Option<Number>,
    /// Greatest font size under `fill`; fontSize when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub max: Option<Number>,
    /// All members take the smallest size of the group in the whole render.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FitMode {
    #[default]
    None,
    Shrink,
    Fill,
}

/// What happens to text that still does not fit; `ellipsis` when absent and height or lines are bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Overflow {
    Ellipsis,
    Clip,
    Visible,
    Error,
}

/// A box behind the text, per line or around all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Highlight {
    /// What the box is painted with.
    pub fill: Paint,
    /// Room between the box's edge and the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "items" = { "minimum": 0 }))]
    pub padding: Option<Sides>,
    /// Of the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub corner_radius: Option<Number>,
    /// A box per line, or one around all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "line"))]
    pub per: Option<Bound<HighlightPer>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HighlightPer {
    #[default]
    Line,
    Block,
}
