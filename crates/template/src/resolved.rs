//! The resolved document: what the engine draws. No binding, token, style name, `at`, `repeat`, `use` or unit is left.
//!
//! Lengths are layout pixels (1/96 inch where the document has a physical unit; font sizes too). Origins are top left, y down.
//! Two kinds of colour stay open, because only the engine sees the pictures: one picked from a picture, and
//! a contrast paint, whose ground may be such a colour.

mod assets;

use serde::{Deserialize, Serialize};

pub use crate::document::{
    Align, ArrowHead, Blend, Cap, Decoration, Direction, ErrorCorrection, FillRule, FitMode, Flip, HighlightPer,
    ImageFit, Join, Justify, ListStyle, MaskShapeKind, Overflow, Pick, Role, ShapeKind, StrokeAlign, TextAlign,
    TextCase, VerticalAlign, Wrap,
};

/// One document at one size, filled with one request's data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The template's name, for a PDF's metadata.
    pub title: String,
    /// Who it is from, for a PDF's metadata: the brand, else who made the template.
    pub author: Option<String>,
    /// BCP 47.
    pub lang: String,
    pub page: Page,
    /// In output order; at least one.
    pub slides: Vec<Slide>,
    /// True when the answer to the request is a list of pictures, even a list of one.
    pub carousel: bool,
    /// Faces the template brings.
    pub fonts: Vec<FontFile>,
}

/// The page that every slide fills.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Layout pixels.
    pub width: f64,
    /// Layout pixels.
    pub height: f64,
    /// Layout pixels around the page in a PDF.
    pub bleed: f64,
    /// The picture's size at `scale` 1. Device pixels per layout pixel = `width_px / width`.
    pub width_px: u32,
    pub height_px: u32,
    /// PDF points per layout pixel: 0.75, but for an undeclared size drawn with a factor.
    pub pt_per_px: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FontFile {
    pub family: String,
    pub src: AssetRef,
    pub weight: Option<f64>,
    pub italic: bool,
}

/// A picture's, drawing's or font's address: a URL, `assets/…` beside the template, `data:…`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AssetRef(pub String);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slide {
    /// The template's slide id, `id#n` for the n-th entry (from 1) of a repeating one.
    pub id: String,
    /// What people call it, `NAME n` for the n-th entry of a repeating one: a bookmark in a PDF.
    pub name: Option<String>,
    pub role: Option<Role>,
    /// Lowest first. Never empty: the canvas's background, or white.
    pub background: Vec<Paint>,
    pub frame: Frame,
}

/// One node, everything about it known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its id; `use-id/inner-id` inside a component, `id#n` for the n-th copy; a path when the template gives none.
    pub id: String,
    pub placement: Placement,
    pub effects: Effects,
    /// http, https, mailto or tel.
    pub link: Option<String>,
    pub alt: Option<String>,
    pub kind: NodeKind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum NodeKind {
    Frame(Frame),
    Text(Text),
    Image(Image),
    Shape(Shape),
    Svg(Svg),
    Code(Code),
}

/// Where a node stands in its parent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    pub x: f64,
    pub y: f64,
    pub width: Length,
    pub height: Length,
    pub min_width: Option<Length>,
    pub max_width: Option<Length>,
    pub min_height: Option<Length>,
    pub max_height: Option<Length>,
    pub aspect_ratio: Option<f64>,
    /// top, right, bottom, left
    pub margin: [f64; 4],
    pub grow: f64,
    /// None: 1 for text, for grow > 0 and `fill`, else 0.
    pub shrink: Option<f64>,
    /// None: the parent's `align_items`.
    pub align_self: Option<Align>,
    pub absolute: bool,
    pub column: Option<u32>,
    pub row: Option<u32>,
    pub column_span: u32,
    pub row_span: u32,
    pub pin: Pin,
    /// `width`/`height`/`x`/`y` came from `at`: they are meant for this size, pins leave them alone.
    pub placed_for_size: bool,
    /// The size of the parent as it was designed, when it has a numeric one: what pins refer to.
    pub designed_parent: Option<DesignedSize>,
}

/// A free frame's size in the design, before any `at`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DesignedSize {
    pub width: Option<f64>,
    pub height: Option<f64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub enum Length {
    #[default]
    Auto,
    Fill,
    /// Layout pixels.
    Px(f64),
    /// 0.5 is half of the parent's content box.
    Fraction(f64),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    pub x: PinTo,
    pub y: PinTo,
}

/// `Start` is left or top, `End` right or bottom.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PinTo {
    #[default]
    Auto,
    Start,
    End,
    Center,
    Stretch,
    Scale,
}

/// What is done to a node once it is drawn: mask, blur, shadows, opacity, flip, rotation, blend (in this order), the matrix before the flip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effects {
    /// Degrees clockwise about the centre.
    pub rotation: f64,
    /// 0 to 1.
    pub opacity: f64,
    pub blend: Blend,
    /// Lowest first.
    pub shadows: Vec<Shadow>,
    /// σ, layout pixels.
    pub blur: f64,
    pub mask: Option<Mask>,
    pub flip: Option<Flip>,
    /// `[a, b, c, d, e, f]` as CSS `matrix()`, `e` and `f` in layout pixels, about the centre; before flip and rotation.
    pub matrix: Option<[f64; 6]>,
}

impl Default for Effects {
    fn default() -> Self {
        Effects {
            rotation: 0.0,
            opacity: 1.0,
            blend: Blend::Normal,
            shadows: Vec::new(),
            blur: 0.0,
            mask: None,
            flip: None,
            matrix: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shadow {
    pub x: f64,
    pub y: f64,
    /// σ = blur / 2
    pub blur: f64,
    pub spread: f64,
    pub color: Color,
    pub inset: bool,
}

/// Stretched to the node's box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Mask {
    Shape { shape: MaskShapeKind, corner_radius: [f64; 4], sides: u32, inner_radius: f64 },
    Path { path: String, view_box: Option<[f64; 4]> },
    Image { src: AssetRef, luminance: bool },
}

/// Straight sRGB with alpha, 8 bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rgba(pub [u8; 4]);

impl Rgba {
    pub const BLACK: Rgba = Rgba([0, 0, 0, 255]);
    pub const WHITE: Rgba = Rgba([255, 255, 255, 255]);
    pub const TRANSPARENT: Rgba = Rgba([0, 0, 0, 0]);
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Color {
    Rgba(Rgba),
    /// Picked from a picture; `fallback` when there is none. Alpha is multiplied by `alpha` (0 to 1).
    Picked {
        src: AssetRef,
        pick: Pick,
        fallback: Rgba,
        alpha: f64,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Paint {
    Solid(Color),
    /// CSS angle in degrees.
    Linear {
        angle: f64,
        stops: Vec<Stop>,
    },
    /// Fractions of the box.
    Radial {
        cx: f64,
        cy: f64,
        r: f64,
        stops: Vec<Stop>,
    },
    Image {
        src: AssetRef,
        fit: ImageFit,
        focus: Focus,
        opacity: f64,
    },
    /// Whichever has the higher WCAG contrast on `on`.
    Contrast {
        on: Color,
        light: Color,
        dark: Color,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// 0 to 1
    pub at: f64,
    pub color: Color,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stroke {
    /// Lowest first; empty: no stroke.
    pub paint: Vec<Paint>,
    pub width: f64,
    pub dash: Vec<f64>,
    /// None: inside, but centred on lines and open paths.
    pub align: Option<StrokeAlign>,
    pub join: Join,
    pub cap: Cap,
}

impl Default for Stroke {
    fn default() -> Self {
        Stroke { paint: Vec::new(), width: 1.0, dash: Vec::new(), align: None, join: Join::Miter, cap: Cap::Butt }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub layout: FrameLayout,
    /// top, right, bottom, left
    pub padding: [f64; 4],
    /// Lowest first.
    pub fill: Vec<Paint>,
    pub stroke: Stroke,
    /// top-left, top-right, bottom-right, bottom-left
    pub corner_radius: [f64; 4],
    pub clip: bool,
    /// Some(k): one factor ≥ k shrinks the fitting texts inside until nothing leaves the frame.
    pub shrink_to_fit: Option<f64>,
    pub children: Vec<Node>,
}

impl Default for Frame {
    fn default() -> Self {
        Frame {
            layout: FrameLayout::Free,
            padding: [0.0; 4],
            fill: Vec::new(),
            stroke: Stroke::default(),
            corner_radius: [0.0; 4],
            clip: false,
            shrink_to_fit: None,
            children: Vec::new(),
        }
    }
}

/// How a frame places its children. Gaps are `[row, column]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FrameLayout {
    Free,
    Row(Flex),
    Column(Flex),
    Grid { columns: Vec<Track>, rows: Vec<Track>, gap: [f64; 2], align_items: Align, justify_content: Justify },
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Flex {
    /// `[row, column]`
    pub gap: [f64; 2],
    pub align_items: Align,
    pub justify_content: Justify,
    pub wrap: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Track {
    Auto,
    Px(f64),
    Fraction(f64),
    Fr(f64),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// In order; never empty, at least one with text. `\n` starts a paragraph. Bindings, markup and marks are
    /// resolved, the text's case is not yet applied.
    pub spans: Vec<Span>,
    /// The text's own style: what an empty line, the ellipsis of an empty text and list marks take.
    pub base: CharStyle,
    pub align: TextAlign,
    pub vertical_align: VerticalAlign,
    pub wrap: Wrap,
    pub lang: String,
    pub direction: Direction,
    pub list: ListStyle,
    /// em
    pub paragraph_spacing: f64,
    pub fit: Fit,
    pub max_lines: Option<u32>,
    /// None: ellipsis when height or lines are bounded, else visible.
    pub overflow: Option<Overflow>,
    pub highlight: Option<Highlight>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    pub text: String,
    pub style: CharStyle,
    pub link: Option<String>,
    /// A box behind this span only (`==mark==`, `` `code` ``), if its mark asks for one.
    pub highlight: Option<Highlight>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CharStyle {
    /// A family name; theme tokens are resolved.
    pub family: String,
    /// Layout pixels, before any fitting.
    pub size: f64,
    pub weight: f64,
    pub italic: bool,
    /// Four-letter axis → value, in the template's order.
    pub axes: Vec<(String, f64)>,
    /// OpenType features; `-liga` switches one off.
    pub features: Vec<String>,
    /// Times the font size.
    pub line_height: f64,
    /// em
    pub letter_spacing: f64,
    pub text_case: TextCase,
    pub decoration: Decoration,
    /// Words may be divided between syllables.
    pub hyphenate: bool,
    /// Lowest first.
    pub fill: Vec<Paint>,
    pub stroke: Stroke,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    pub mode: FitMode,
    /// Layout pixels. None: 0.3 × the font size, never below 6 px.
    pub min: Option<f64>,
    /// Under `fill`. None: the font size.
    pub max: Option<f64>,
    pub group: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Highlight {
    pub fill: Paint,
    /// top, right, bottom, left
    pub padding: [f64; 4],
    pub corner_radius: f64,
    pub per: HighlightPer,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// None only when `fallback` is given (nodes without any picture are removed).
    pub src: Option<AssetRef>,
    pub fallback: Option<AssetRef>,
    pub fit: ImageFit,
    pub focus: Focus,
    /// x, y, width, height as fractions of the upright picture.
    pub crop: Option<[f64; 4]>,
    pub corner_radius: [f64; 4],
    pub stroke: Stroke,
    pub filters: ImageFilters,
    /// Lowest first.
    pub overlay: Vec<Paint>,
    /// The field the picture came from and the least size it asks for, in the picture's own pixels.
    pub wanted: Option<WantedSize>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WantedSize {
    pub field: String,
    pub min_width: u32,
    pub min_height: u32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub enum Focus {
    #[default]
    Center,
    Auto,
    /// Fractions of the picture.
    Point(f64, f64),
}

/// CSS filter amounts; None leaves the picture as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageFilters {
    pub brightness: Option<f64>,
    pub contrast: Option<f64>,
    pub saturate: Option<f64>,
    pub grayscale: Option<f64>,
    pub sepia: Option<f64>,
    pub invert: Option<f64>,
    /// degrees
    pub hue_rotate: Option<f64>,
    /// σ, layout pixels
    pub blur: Option<f64>,
    pub tint: Option<Color>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    pub shape: ShapeKind,
    pub fill: Vec<Paint>,
    pub stroke: Stroke,
    pub corner_radius: [f64; 4],
    pub sides: u32,
    pub inner_radius: f64,
    pub path: Option<String>,
    pub view_box: Option<[f64; 4]>,
    pub fill_rule: FillRule,
    /// Fractions of the box.
    pub points: Vec<[f64; 2]>,
    pub start_head: ArrowHead,
    pub end_head: ArrowHead,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Svg {
    pub source: SvgSource,
    pub colors: Vec<(Rgba, Color)>,
    pub fit: ImageFit,
    pub crop: Option<[f64; 4]>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SvgSource {
    Asset(AssetRef),
    Inline(String),
}

/// A QR code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Code {
    pub value: String,
    pub fill: Color,
    pub background: Color,
    pub level: ErrorCorrection,
    /// modules
    pub quiet_zone: u32,
}
