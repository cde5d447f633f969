//! Laid-out slides → the display list. One file per kind of node; what every node may have is in `effects.rs`.
//!
//! Nothing is drawn here and nothing moves: each node's box becomes items with a transform from the box's own
//! coordinates (its top left at the origin) to the page.

mod code;
mod colors;
mod effects;
mod fitting;
mod frame;
mod image;
mod line;
mod outline;
mod paints;
mod shadow;
mod shape;
mod stroke;
mod svg;
mod text;

use handbill_template::Warning;
use handbill_template::resolved::{Document, Node, NodeKind, Page};
use kurbo::{Affine, Rect, Size};

use crate::display::{Clip, DisplayList, DisplayPage, FillRule, Group, Item};
use crate::error::RenderError;
use crate::images::ImageStore;
use crate::layout::{LaidBox, LaidContent, LaidOut, LaidSlide};
use crate::svg::{Budget, Drawings};

pub use code::natural_size as code_natural_size;
pub use image::natural_size as image_natural_size;
pub(crate) use paints::sin_cos_degrees;
pub use svg::natural_size as svg_natural_size;

/// A display list, and what went differently from what the document asked for.
#[derive(Debug)]
pub struct Painted {
    pub list: DisplayList,
    pub warnings: Vec<Warning>,
}

/// Paints all slides. `device_scale`: device pixels per layout pixel of the output, to tell when a picture is enlarged.
/// `transparent`: without the slides' backgrounds.
///
/// # Errors
/// When a node cannot be drawn whatever stands in for it: a path that is not one, a code that cannot hold its text.
pub fn paint(
    document: &Document,
    laid: &LaidOut<'_>,
    images: &ImageStore,
    drawings: &Drawings,
    device_scale: f64,
    transparent: bool,
) -> Result<Painted, RenderError> {
    let mut painter = Painter {
        images,
        drawings,
        lang: &document.lang,
        device_scale,
        transparent,
        slide: 0,
        budget: Budget::default(),
        warnings: Vec::new(),
    };
    let mut pages = Vec::with_capacity(laid.slides.len());
    for (index, slide) in laid.slides.iter().enumerate() {
        painter.slide = index;
        pages.push(painter.page(slide, document.page)?);
    }
    let list = DisplayList {
        title: document.title.clone(),
        author: document.author.clone(),
        lang: document.lang.clone(),
        pt_per_px: document.page.pt_per_px,
        pages,
    };
    Ok(Painted { list, warnings: painter.warnings })
}

/// What painting a node needs besides the node.
struct Painter<'a> {
    images: &'a ImageStore,
    drawings: &'a Drawings,
    /// The document's language.
    lang: &'a str,
    device_scale: f64,
    transparent: bool,
    /// The number of the slide that is painted.
    slide: usize,
    /// What all drawings together may draw.
    budget: Budget,
    warnings: Vec<Warning>,
}

/// A node about to be painted: its box at the origin, and the way from there to the page.
#[derive(Clone, Copy)]
struct Site<'a> {
    id: &'a str,
    size: Size,
    transform: Affine,
}

impl Site<'_> {
    fn area(&self) -> Rect {
        self.size.to_rect()
    }
}

impl Painter<'_> {
    fn page(&mut self, slide: &LaidSlide<'_>, page: Page) -> Result<DisplayPage, RenderError> {
        let size = Size::new(slide.width, slide.height);
        let site = Site { id: &slide.slide.id, size, transform: Affine::IDENTITY };
        let mut items = match self.transparent {
            true => Vec::new(),
            false => self.background(&slide.slide.background, site, page.bleed),
        };
        let inside = self.boxes(&slide.children, site.transform)?;
        if slide.slide.frame.clip {
            items.push(cut_at_the_paper(inside, site, page.bleed));
        } else {
            items.extend(inside);
        }
        Ok(DisplayPage {
            name: slide.slide.name.clone(),
            width: slide.width,
            height: slide.height,
            bleed: page.bleed,
            items,
        })
    }

    fn boxes(&mut self, boxes: &[LaidBox<'_>], parent: Affine) -> Result<Vec<Item>, RenderError> {
        let mut items = Vec::new();
        for laid in boxes {
            items.extend(self.node(laid, parent)?);
        }
        Ok(items)
    }

    fn node(&mut self, laid: &LaidBox<'_>, parent: Affine) -> Result<Vec<Item>, RenderError> {
        let node = laid.node;
        let size = Size::new(laid.width, laid.height);
        let site = Site { id: &node.id, size, transform: effects::transform(laid, parent) };
        if !is_seen(site.transform) {
            return Ok(Vec::new());
        }
        let shadows = &node.effects.shadows;
        let drawing = match (&node.kind, &laid.content) {
            (NodeKind::Frame(frame), LaidContent::Frame(children)) => self.frame(frame, shadows, children, site)?,
            (NodeKind::Text(text), LaidContent::Text(laid)) => self.text(text, laid, site),
            (NodeKind::Image(image), _) => self.image(image, shadows, site),
            (NodeKind::Shape(shape), _) => self.shape(shape, shadows, site)?,
            (NodeKind::Code(code), _) => self.code(code, site)?,
            (NodeKind::Svg(svg), _) => self.svg(svg, site),
            // Frames and texts are laid out as what they are.
            (NodeKind::Frame(_) | NodeKind::Text(_), _) => return Ok(Vec::new()),
        };
        self.effects(node, site, drawing)
    }

    fn warn(&mut self, warning: Warning, node: &str) {
        let warning = warning.on_slide(self.slide).on_node(node);
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

/// Whether anything drawn with a transform covers any area: a matrix may flatten its node.
fn is_seen(transform: Affine) -> bool {
    transform.is_finite() && transform.determinant().abs() > f64::EPSILON
}

/// What a node draws before anything is done to it.
struct Drawing {
    items: Vec<Item>,
    /// The one simple shape that it covers, which makes its shadows simple, too.
    silhouette: Option<Silhouette>,
}

impl Drawing {
    fn plain(items: Vec<Item>) -> Self {
        Drawing { items, silhouette: None }
    }
}

/// The shape that a rectangle, ellipse, picture or filled frame covers.
#[derive(Clone)]
struct Silhouette {
    shape: crate::display::Shape,
    /// Whether nothing beneath shows through it.
    opaque: bool,
}

/// The size in layout pixels that a picture, drawing or code has by itself.
pub fn natural_size(node: &Node, images: &ImageStore, drawings: &Drawings) -> Option<crate::layout::NaturalSize> {
    match &node.kind {
        NodeKind::Image(image) => image_natural_size(image, images),
        NodeKind::Code(code) => code_natural_size(code),
        NodeKind::Svg(svg) => svg_natural_size(svg, drawings),
        NodeKind::Frame(_) | NodeKind::Text(_) | NodeKind::Shape(_) => None,
    }
}

/// What stands on a slide, without what reaches beyond the paper, which is the page and its bleed.
fn cut_at_the_paper(items: Vec<Item>, site: Site<'_>, bleed: f64) -> Item {
    let shape = crate::display::Shape::Rect(site.area().inflate(bleed, bleed));
    let clip = Some(Clip { shape, rule: FillRule::NonZero, transform: site.transform });
    Item::Group(Group { items, clip, ..Group::default() })
}
