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

const LANG_TITLE: &str = "a language such as \"en\" or \"pt-BR\"";
const LANG_PATTERN: &str = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$";

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
    #[schemars(extend("title" = "lower-case letters, digits and hyphens, such as \"quote-card\"", "pattern" = "^[a-z0-9][a-z0-9-]*$"))]
    pub id: String,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// One or two sentences for the gallery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Old `template_id` and `theme_id` values that mean this template.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Alias>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// An SPDX identifier, such as `CC0-1.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// BCP 47 language of the texts; `en` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("title" = LANG_TITLE, "pattern" = LANG_PATTERN))]
    pub lang: Option<String>,
    /// The page as it was designed.
    pub canvas: Canvas,
    /// Further output sizes, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("propertyNames" = { "title": "letters, digits, _ and -", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$" }))]
    pub sizes: IndexMap<String, Size>,
    /// Named colours, fonts and text styles.
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
    #[schemars(extend("propertyNames" = { "title": LANG_TITLE, "pattern": LANG_PATTERN }))]
    pub strings: IndexMap<String, IndexMap<String, String>>,
    /// Nodes to be placed several times, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("propertyNames" = { "title": "letters, digits, _ and -", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$" }))]
    pub components: IndexMap<String, Component>,
    /// Example data for previews, tests and the gallery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<JsonObject>,
    /// Free-form, kept as it is, read by nothing here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<JsonObject>,
    /// The pages, in order; at least one.
    #[schemars(length(min = 1))]
    pub slides: Vec<Slide>,
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
    /// The unit of every length in the document. Font sizes are points unless it is px.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "px"))]
    pub unit: Option<Unit>,
    /// Pixels per inch of a picture made from a physical unit; px documents ignore it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 2400))]
    #[schemars(extend("default" = 96))]
    pub dpi: Option<f64>,
    /// What is behind every slide that has no background of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "#ffffff"))]
    pub background: Option<Paints>,
    /// Extra paper around the trimmed page in a PDF, in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    #[schemars(extend("default" = 0))]
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
    /// In the canvas's unit.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub width: f64,
    /// In the canvas's unit.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub height: f64,
    /// What people see instead of the name.
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
    /// What covers the page there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// From the upper edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub top: Option<f64>,
    /// From the right edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub right: Option<f64>,
    /// From the lower edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub bottom: Option<f64>,
    /// From the left edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0))]
    pub left: Option<f64>,
}

/// Named colours, fonts and text styles; used as `$name` and by `style`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Theme {
    /// Token → colour; `$primary` in a paint means this.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("propertyNames" = { "title": "letters, digits, _ and -", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$" }))]
    pub colors: IndexMap<String, ThemeColor>,
    /// Token → family name; `$heading` in `fontFamily` means this.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("propertyNames" = { "title": "letters, digits, _ and -", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$" }))]
    pub fonts: IndexMap<String, String>,
    /// Name → text style; `style` on a text or span means this.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("propertyNames" = { "title": "letters, digits, _ and -", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$" }))]
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
    /// How the colour is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "dominant"))]
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
    /// The family's name, as `fontFamily` has it.
    pub family: String,
    /// A path in the template's folder, such as `fonts/brand.woff2`.
    pub src: String,
    /// The face's weight; what the font says of itself when absent. A variable face serves its whole range whatever
    /// this says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<Weight>,
    /// Whether the face is the italic one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub italic: Option<bool>,
}

/// The five branding values of the Render API.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Brand {
    /// A person's or company's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Such as `@janedoe`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// A line about them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// Their site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website_url: Option<String>,
    /// Their picture or logo.
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
    /// What is placed.
    pub node: Node,
}

/// One slide: a frame as large as the page, with its place in the carousel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Slide {
    /// Unique among all slides and nodes.
    #[schemars(extend("title" = node::ID_TITLE, "pattern" = node::ID_PATTERN))]
    pub id: String,
    /// What people see in the editor; also a label in requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For whoever edits the template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Its place in a carousel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Once per entry of a list: the carousel's content slides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// In a repeat group: which entries take this slide. Elsewhere: whether the slide is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Expression>,
    /// Fields of this slide; of each entry, if the slide repeats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// How children are placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "free"))]
    pub layout: Option<Bound<Layout>>,
    /// Room between the page's edge and the children.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "items" = { "minimum": 0 }))]
    pub padding: Option<Sides>,
    /// Room between children.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "items" = { "minimum": 0 }))]
    pub gap: Option<Gap>,
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
    /// How fitting texts shrink together when the children need more room than there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "none"))]
    pub fit_content: Option<Bound<FitContent>>,
    /// The least factor of `fitContent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "maximum" = 1, "default" = 0.5))]
    pub min_scale: Option<Number>,
    /// Replaces the canvas's background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Paints>,
    /// Free-form, kept as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<JsonObject>,
    /// Size name or class (`landscape`, `portrait`, `square`) → the properties that differ there.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub at: IndexMap<String, JsonObject>,
    /// The nodes, from the lowest to the highest.
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
