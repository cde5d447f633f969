//! The display list: what is drawn, in order, with nothing left to decide. `raster` and `pdf` read it.
//!
//! Coordinates are layout pixels of the page, origin top left, y down. Every leaf carries its own transform from its
//! local coordinates to the page, so groups are there for isolation, clipping, masks, effects and meaning only.
//! Nothing is snapped to device pixels here: that is the rasteriser's.

use std::sync::Arc;

use handbill_template::resolved::{Blend, Rgba};
use kurbo::{Affine, BezPath, Rect, RoundedRect, Stroke};

use crate::fonts::FaceId;
use crate::images::{ColorFilter, ImageId};

/// All pages of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplayList {
    pub title: String,
    pub author: Option<String>,
    /// BCP 47.
    pub lang: String,
    /// PDF points per layout pixel.
    pub pt_per_px: f64,
    pub pages: Vec<DisplayPage>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DisplayPage {
    /// What people call it.
    pub name: Option<String>,
    /// Layout pixels.
    pub width: f64,
    pub height: f64,
    /// Layout pixels around the page that a PDF keeps.
    pub bleed: f64,
    /// Lowest first; the background comes first and covers page and bleed.
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Fill(FillItem),
    Stroke(StrokeItem),
    Image(ImageItem),
    Glyphs(GlyphItem),
    Shadow(ShadowItem),
    Modules(ModulesItem),
    Group(Group),
}

impl Item {
    /// Makes it fainter if its own paint can say so, and says whether it did. Glyphs may overlap, and what overlaps
    /// would show.
    pub(crate) fn fade(&mut self, opacity: f64) -> bool {
        let fade = |color: &mut Rgba| color.0[3] = (f64::from(color.0[3]) * opacity).round() as u8;
        match self {
            Item::Fill(FillItem { paint, .. }) | Item::Stroke(StrokeItem { paint, .. }) => match paint {
                Paint::Solid(color) => fade(color),
                Paint::Linear(LinearGradient { stops, .. }) | Paint::Radial(RadialGradient { stops, .. }) => {
                    stops.iter_mut().for_each(|stop| fade(&mut stop.color));
                }
                Paint::Image(image) => image.opacity *= opacity,
                Paint::Tiles(tiles) => tiles.opacity *= opacity,
            },
            Item::Image(image) => image.opacity *= opacity,
            Item::Shadow(ShadowItem { color, .. }) | Item::Modules(ModulesItem { color, .. }) => fade(color),
            Item::Glyphs(_) | Item::Group(_) => return false,
        }
        true
    }
}

/// A shape filled with a paint.
#[derive(Debug, Clone, PartialEq)]
pub struct FillItem {
    pub shape: Shape,
    pub rule: FillRule,
    pub paint: Paint,
    pub transform: Affine,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StrokeItem {
    pub shape: Shape,
    /// Width, dashes, caps and joins; always centred on the outline (alignment is already worked in).
    pub stroke: Stroke,
    pub paint: Paint,
    pub transform: Affine,
}

/// A part of a picture, scaled into a rectangle and cut by a shape.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageItem {
    pub image: ImageId,
    /// The part shown, in pixels of the upright picture.
    pub source: Rect,
    /// Where that part goes, in local coordinates.
    pub target: Rect,
    /// What of it shows (rounded corners); None: all of `target`.
    pub clip: Option<Shape>,
    /// The template cuts this part out: an output that keeps pictures whole must not keep the rest of this one.
    pub cropped: bool,
    /// What is done to its colours.
    pub filter: Option<ColorFilter>,
    /// 0 to 1.
    pub opacity: f64,
    pub transform: Affine,
}

/// A run of glyphs of one face, size and paint on one line.
#[derive(Debug, Clone, PartialEq)]
pub struct GlyphItem {
    pub face: FaceId,
    /// Layout pixels per em.
    pub size: f32,
    /// Normalized variation coordinates (2.14).
    pub coords: Arc<[i16]>,
    /// Slant for a missing italic: tan of the angle; 0 for none.
    pub skew: f32,
    pub glyphs: Vec<Glyph>,
    /// The paragraph's text, which the glyphs' ranges index.
    pub text: Arc<str>,
    /// Of its text node, from 0: a line that is cut or divided has a text of its own and still belongs to a paragraph.
    pub paragraph: usize,
    /// It is the mark of a list item: "•", "3.".
    pub mark: bool,
    pub right_to_left: bool,
    /// Ignored by colour glyphs (emoji).
    pub paint: Paint,
    /// Outline drawn beneath the fill; centred.
    pub outline: Option<(Stroke, Paint)>,
    pub transform: Affine,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Glyph {
    pub id: u32,
    /// Origin on the baseline, in local coordinates, y down.
    pub x: f32,
    pub y: f32,
    /// Layout pixels.
    pub advance: f32,
    /// Bytes of `text` that this glyph's cluster stands for; the glyphs of one cluster share it.
    pub range: std::ops::Range<usize>,
}

/// The soft shadow of a rounded rectangle (an ellipse is one with full radii). Other silhouettes: a group with a blur.
#[derive(Debug, Clone, PartialEq)]
pub struct ShadowItem {
    pub shape: RoundedRect,
    /// Standard deviation, layout pixels; 0 is a sharp shadow.
    pub sigma: f64,
    pub color: Rgba,
    /// The shape that casts it, which the shadow does not show through (CSS box shadows); None: drawn whole.
    pub knockout: Option<Shape>,
    pub transform: Affine,
}

/// The dark squares of a QR code. The rasteriser makes each a whole number of device pixels and centres the code in
/// `target`; a PDF draws squares that fill it.
#[derive(Debug, Clone, PartialEq)]
pub struct ModulesItem {
    /// The node's id, for the report.
    pub node: Arc<str>,
    /// Modules along a side.
    pub size: usize,
    /// `size` × `size`, row by row; true is dark.
    pub dark: Arc<[bool]>,
    /// A square, in local coordinates; the quiet zone lies outside it.
    pub target: Rect,
    pub color: Rgba,
    pub transform: Affine,
}

/// Items drawn together, then put on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub items: Vec<Item>,
    /// 0 to 1.
    pub opacity: f64,
    pub blend: Blend,
    pub clip: Option<Clip>,
    pub mask: Option<Mask>,
    /// Standard deviation of a blur of the whole group, layout pixels; 0 for none.
    pub blur: f64,
    /// Everything that is drawn takes this colour, alpha kept: the silhouette that casts a shadow.
    pub tint: Option<Rgba>,
    /// Blend modes inside it see what is in the group and not what is beneath.
    pub isolated: bool,
    /// What it means, for PDF: a link, a picture with words for it.
    pub meaning: Option<Meaning>,
}

impl Default for Group {
    fn default() -> Self {
        Group {
            items: Vec::new(),
            opacity: 1.0,
            blend: Blend::Normal,
            clip: None,
            mask: None,
            blur: 0.0,
            tint: None,
            isolated: false,
            meaning: None,
        }
    }
}

impl Group {
    /// Whether it must be drawn apart from what is beneath it.
    pub fn isolates(&self) -> bool {
        self.opacity < 1.0
            || self.blend != Blend::Normal
            || self.mask.is_some()
            || self.blur > 0.0
            || self.tint.is_some()
            || self.isolated
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    pub shape: Shape,
    pub rule: FillRule,
    pub transform: Affine,
}

/// What of a group shows: where the items are opaque (or bright, when `luminance`).
#[derive(Debug, Clone, PartialEq)]
pub struct Mask {
    pub items: Vec<Item>,
    pub luminance: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Meaning {
    pub role: MeaningRole,
    /// Words for those who cannot see it.
    pub alt: Option<String>,
    pub link: Option<String>,
    /// BCP 47, where it differs from the document's.
    pub lang: Option<String>,
    /// The upright rectangle on the page that holds the (perhaps rotated) box.
    pub bounds: Rect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeaningRole {
    /// A text node: one or more paragraphs.
    Text,
    /// A picture or drawing with alt text.
    Figure,
    /// Only a link around other content.
    Link,
    /// Decoration.
    Artifact,
}

/// Geometry in local coordinates. Simple forms stay recognizable so that they can be drawn fast and snapped.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Rect(Rect),
    RoundedRect(RoundedRect),
    /// The ellipse that touches the rectangle's sides.
    Ellipse(Rect),
    Path(BezPath),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FillRule {
    #[default]
    NonZero,
    EvenOdd,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Paint {
    Solid(Rgba),
    Linear(LinearGradient),
    Radial(RadialGradient),
    Image(ImagePaint),
    Tiles(TilePaint),
}

/// Colours mix in sRGB with straight alpha.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearGradient {
    /// Its own coordinates.
    pub from: kurbo::Point,
    pub to: kurbo::Point,
    pub stops: Vec<ColorStop>,
    pub spread: Spread,
    /// From its own coordinates to local ones.
    pub transform: Affine,
}

impl LinearGradient {
    /// In local coordinates, with its first and last colour beyond its ends.
    pub fn new(from: kurbo::Point, to: kurbo::Point, stops: Vec<ColorStop>) -> Self {
        LinearGradient { from, to, stops, spread: Spread::Pad, transform: Affine::IDENTITY }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct RadialGradient {
    /// Its own coordinates.
    pub center: kurbo::Point,
    /// Radii along x and y.
    pub radius: kurbo::Vec2,
    pub stops: Vec<ColorStop>,
    /// Where it begins; None: at a point in the centre.
    pub focus: Option<Focus>,
    pub spread: Spread,
    /// From its own coordinates to local ones.
    pub transform: Affine,
}

impl RadialGradient {
    /// In local coordinates, from the centre, with its last colour beyond its edge.
    pub fn new(center: kurbo::Point, radius: kurbo::Vec2, stops: Vec<ColorStop>) -> Self {
        RadialGradient { center, radius, stops, focus: None, spread: Spread::Pad, transform: Affine::IDENTITY }
    }
}

/// The inner circle of a radial gradient, on which its first colour lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Focus {
    pub center: kurbo::Point,
    /// As a share of the outer radius.
    pub radius: f64,
}

/// What a gradient does beyond its ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Spread {
    /// Goes on with the last colour.
    #[default]
    Pad,
    /// Goes back and forth.
    Reflect,
    /// Begins again.
    Repeat,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColorStop {
    /// 0 to 1, ascending.
    pub at: f32,
    pub color: Rgba,
}

/// A part of a picture laid into a rectangle; nothing is drawn outside it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImagePaint {
    pub image: ImageId,
    pub source: Rect,
    pub target: Rect,
    pub opacity: f64,
}

/// What is in a rectangle, side by side in all directions.
#[derive(Debug, Clone, PartialEq)]
pub struct TilePaint {
    /// Their transforms lead to the tile's own coordinates. What leaves the tile is cut off.
    pub items: Arc<[Item]>,
    pub tile: Rect,
    /// 0 to 1.
    pub opacity: f64,
    /// From the tile's own coordinates to local ones.
    pub transform: Affine,
}
