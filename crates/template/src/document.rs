//! The document: one Rust type for everything a `template.json` may say.
//!
//! These types are the single source of the format: the JSON Schema is generated from them, reading
//! checks against that schema, and the canonical writer orders keys as the fields stand here.
//! Every property is optional unless the format demands it, because "not given" must stay different
//! from "given as the default" (a text style, `use` or `at` may supply it). Defaults are applied when a
//! document is resolved, never when it is read.

mod field;
mod node;
mod paint;
mod value;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use field::{Field, FieldType};
pub use node::{
    Align, AlignSelf, ArrowHead, BarcodeKind, Cap, CodeNode, Common, Decoration, Direction, ErrorCorrection, FillRule,
    Fit, FitContent, FitMode, FitObject, Flip, Focus, FocusKeyword, FrameNode, Highlight, HighlightPer, ImageFilters,
    ImageFit, ImageNode, Join, Justify, Layout, ListStyle, MarkName, Markup, Node, Overflow, Repeat, ShapeKind,
    ShapeNode, Span, SpanObject, StrokeAlign, SvgNode, TextAlign, TextCase, TextNode, TextStyle, Track, TrackList,
    UseNode, VerticalAlign, Weight, WeightKeyword, Wrap,
};
pub use paint::{
    Blend, GradientStop, Mask, MaskImage, MaskPath, MaskShape, MaskShapeKind, Paint, PaintObject, Paints, Shadow,
};
pub use value::{
    Binding, Bound, ColorText, Corners, Expression, Gap, JsonObject, Length, Number, Sides, TextTemplate, Whole,
};

/// The newest format number this crate reads and writes.
pub const FORMAT: u32 = 1;

/// A template: one file, one design, any number of slides and sizes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// Where the JSON Schema of this format is published.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The format's number: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// The template's slug, unique in an account: lower-case letters, digits and hyphens.
    #[schemars(regex(pattern = "^[a-z0-9][a-z0-9-]*$"))]
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Old `template_id` and `theme_id` values that mean this template.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Alias>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// An SPDX identifier, such as `CC0-1.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// BCP 47 language of the texts; `en` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    pub canvas: Canvas,
    /// Further output sizes, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub sizes: IndexMap<String, Size>,
    #[serde(default, skip_serializing_if = "Theme::is_empty")]
    pub theme: Theme,
    /// Faces that lie beside the template.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fonts: Vec<FontFile>,
    /// Document fields. Slides may declare their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// A sample brand, used by previews only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// Locale → key → text, read as `{{t.key}}`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub strings: IndexMap<String, IndexMap<String, String>>,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub components: IndexMap<String, Component>,
    #[schemars(length(min = 1))]
    pub slides: Vec<Slide>,
    /// Example data for previews, tests and the gallery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<JsonObject>,
    /// Free-form, kept as it is, read by nothing here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<JsonObject>,
}

/// An old identifier of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Alias {
    Number(i64),
    Text(String),
}

/// The page as it was designed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Canvas {
    /// In `unit`.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub width: f64,
    /// In `unit`.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub height: f64,
    /// The unit of every length in the document; px when absent. Font sizes are points unless it is px.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Pixels per inch of a picture made from a physical unit; 96 when absent; px documents ignore it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 2400))]
    pub dpi: Option<f64>,
    /// #ffffff when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Paints>,
    /// Extra paper around the trimmed page in a PDF, in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub bleed: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Px,
    Mm,
    Cm,
    In,
    Pt,
}

/// A further output size, in the canvas's unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Size {
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub width: f64,
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub height: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Safe zones that previews draw over the page; never rendered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guides: Vec<Guide>,
}

/// A safe zone: the insets that an app covers with its own controls, in the canvas's unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Guide {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bottom: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<f64>,
}

/// Named colours, fonts and text styles; used as `$name` and by `style`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Theme {
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub colors: IndexMap<String, ThemeColor>,
    /// Token → family name; `$heading` in `fontFamily` means this.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub fonts: IndexMap<String, String>,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub text_styles: IndexMap<String, TextStyle>,
}

impl Theme {
    pub fn is_empty(&self) -> bool {
        self.colors.is_empty() && self.fonts.is_empty() && self.text_styles.is_empty()
    }
}

/// A colour by value, or picked from a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ThemeColor {
    Value(ColorText),
    Picked(PickedColor),
}

/// A colour picked from an image field's picture, evaluated per slide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PickedColor {
    /// The picture: usually `{{photo}}`.
    pub from: TextTemplate,
    /// `dominant` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pick: Option<Pick>,
    /// Used when there is no picture.
    pub fallback: ColorText,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Pick {
    Dominant,
    Vibrant,
}

/// A face that lies beside the template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FontFile {
    pub family: String,
    pub src: String,
    /// 400 when absent; a variable face serves its whole range whatever this says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<Weight>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub italic: Option<bool>,
}

/// The five branding values of the Render API.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Brand {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar_image_url: Option<String>,
}

/// A reusable node with its own props; placed by `use`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// The props it takes. Inside, only these and the reserved roots are seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    pub node: Node,
}

/// One slide: a frame as large as the page, with its place in the carousel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Slide {
    /// Required, unique among all slides and nodes.
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Once per entry of a list: the carousel's content slides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// In a repeat group: which entries take this slide. Elsewhere: whether the slide is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Expression>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<Bound<Layout>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub padding: Option<Sides>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
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
    pub fit_content: Option<Bound<FitContent>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_scale: Option<Number>,
    /// Replaces the canvas's background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Paints>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<JsonObject>,
    /// Size name or class (`landscape`, `portrait`, `square`) → the properties that differ there.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub at: IndexMap<String, JsonObject>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Node>,
}

/// A slide's place in a carousel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Intro,
    Content,
    Outro,
    Single,
}
