//! What a page shows, as far as reading goes: the letters of its text nodes and its codes in the order of painting, and
//! between them what covers which part of the page with which plain colour.

use std::collections::BTreeMap;

use handbill_template::resolved::{Blend, NodeKind, Rgba, Text};
use kurbo::{Affine, Rect};

use super::wcag;
use crate::bounds;
use crate::display::{DisplayPage, FillItem, GlyphItem, Group, Item, ModulesItem, Paint, Shape};
use crate::fonts::{EMOJI_FAMILIES, FontLibrary};
use crate::layout::{LaidBox, LaidContent, LaidSlide, LaidText};

/// The part of the em, above and below the baseline, where letters are.
const ABOVE: f64 = 0.72;
const BELOW: f64 = 0.08;

/// 1 − 1/√2: what the corner of an ellipse's quarter takes from the square around it.
const CORNER: f64 = 0.292_893_218_813_452_4;

/// A page's letters and what lies around them.
pub(super) struct Page<'a> {
    pub(super) page: &'a DisplayPage,
    pub(super) words: Vec<Words<'a>>,
    pub(super) codes: Vec<Code<'a>>,
    /// In the order of painting.
    pub(super) layers: Vec<Layer>,
    known: BTreeMap<Key, Known<'a>>,
}

/// A run of letters.
pub(super) struct Words<'a> {
    pub(super) node: &'a str,
    pub(super) is_large: bool,
    /// One per paint, the lowest first; the same letters each time.
    pub(super) items: Vec<&'a GlyphItem>,
    /// Where the letters are, in their own coordinates.
    pub(super) area: Rect,
    /// Of the groups around them.
    pub(super) opacity: f64,
    /// How many of the page's layers are painted before them.
    pub(super) after: usize,
}

/// A QR code.
pub(super) struct Code<'a> {
    pub(super) item: &'a ModulesItem,
    /// Of the groups around it.
    pub(super) opacity: f64,
    /// How many of the page's layers are painted before it.
    pub(super) after: usize,
}

/// Something painted that is not a text node's letters.
pub(super) struct Layer {
    /// Where it may be seen, layout pixels of the page.
    pub(super) bounds: Rect,
    /// All of a part of the page in one colour.
    pub(super) plain: Option<(Rect, Rgba)>,
}

/// A run by where its paragraph's text lies in memory, and the byte of its first glyph.
type Key = (usize, usize);

struct Known<'a> {
    node: &'a str,
    is_bold: bool,
}

impl<'a> Page<'a> {
    /// `css_px`: CSS pixels per layout pixel.
    pub(super) fn of(slide: &'a LaidSlide<'_>, page: &'a DisplayPage, css_px: f64, fonts: &FontLibrary) -> Page<'a> {
        let mut known = BTreeMap::new();
        slide.children.iter().for_each(|child| collect(child, &mut known));
        let mut found = Page { page, words: Vec::new(), codes: Vec::new(), layers: Vec::new(), known };
        Walk { page: &mut found, fonts, css_px }.items(&page.items, &Around::PAGE);
        found
    }

    /// Whether an item is letters of a text node.
    pub(super) fn is_words(&self, item: &GlyphItem) -> bool {
        key(item).is_some_and(|key| self.known.contains_key(&key))
    }
}

impl Words<'_> {
    /// Where the letters are on the page.
    pub(super) fn bounds(&self) -> Rect {
        self.items[0].transform.transform_rect_bbox(self.area)
    }
}

fn key(item: &GlyphItem) -> Option<Key> {
    Some((item.text.as_ptr() as usize, item.glyphs.first()?.range.start))
}

fn collect<'a>(laid: &'a LaidBox<'_>, known: &mut BTreeMap<Key, Known<'a>>) {
    match (&laid.node.kind, &laid.content) {
        (_, LaidContent::Frame(children)) => children.iter().for_each(|child| collect(child, known)),
        (NodeKind::Text(text), LaidContent::Text(found)) => collect_runs(&laid.node.id, text, found, known),
        _ => {}
    }
}

fn collect_runs<'a>(node: &'a str, text: &Text, laid: &LaidText, known: &mut BTreeMap<Key, Known<'a>>) {
    for run in &laid.placed.runs {
        let style = run.span.and_then(|span| text.spans.get(span)).map_or(&text.base, |span| &span.style);
        if let Some(first) = run.glyphs.first() {
            let key = (run.text.as_ptr() as usize, first.range.start);
            known.insert(key, Known { node, is_bold: style.weight >= 700.0 });
        }
    }
}

/// What the groups around an item do to it.
struct Around {
    opacity: f64,
    /// Nothing is seen outside.
    clip: Rect,
    /// All of this is seen.
    seen: Rect,
}

impl Around {
    const PAGE: Around = Around { opacity: 1.0, clip: EVERYTHING, seen: EVERYTHING };
}

const EVERYTHING: Rect = Rect::new(-1e9, -1e9, 1e9, 1e9);

struct Walk<'w, 'a> {
    page: &'w mut Page<'a>,
    fonts: &'w FontLibrary,
    css_px: f64,
}

impl<'a> Walk<'_, 'a> {
    fn items(&mut self, items: &'a [Item], around: &Around) {
        for item in items {
            match item {
                Item::Glyphs(run) if self.page.is_words(run) => self.words(run, around),
                Item::Group(group) if is_see_through(group) => self.group(group, around),
                Item::Fill(fill) => self.layer(item, around, plain(fill, around)),
                Item::Modules(code) => {
                    let (opacity, after) = (around.opacity, self.page.layers.len());
                    self.page.codes.push(Code { item: code, opacity, after });
                }
                _ => self.layer(item, around, None),
            }
        }
    }

    fn group(&mut self, group: &'a Group, around: &Around) {
        let (mut clip, mut seen) = (around.clip, around.seen);
        if let Some(own) = &group.clip {
            clip = bounds::overlap(clip, own.transform.transform_rect_bbox(bounds::shape(&own.shape)));
            seen = inside(&own.shape, own.transform).map_or(Rect::ZERO, |inside| bounds::overlap(seen, inside));
        }
        self.items(&group.items, &Around { opacity: around.opacity * group.opacity, clip, seen });
    }

    fn layer(&mut self, item: &Item, around: &Around, plain: Option<(Rect, Rgba)>) {
        let bounds = bounds::overlap(bounds::items(std::slice::from_ref(item), Affine::IDENTITY), around.clip);
        self.page.layers.push(Layer { bounds, plain });
    }

    fn words(&mut self, run: &'a GlyphItem, around: &Around) {
        if let Some(before) = self.page.words.last_mut().filter(|before| is_same(before.items[0], run)) {
            before.items.push(run);
            return;
        }
        let known = key(run).and_then(|key| self.page.known.get(&key));
        let Some(&Known { node, is_bold }) = known else { return };
        let says = |glyph: &crate::display::Glyph| run.text[glyph.range.clone()].chars().any(char::is_alphanumeric);
        let is_emoji = EMOJI_FAMILIES.contains(&self.fonts.face(run.face).family());
        if is_emoji || !run.glyphs.iter().any(says) {
            return;
        }
        let size = f64::from(run.size);
        let letter = |glyph: &crate::display::Glyph| {
            let (x, y, advance) = (f64::from(glyph.x), f64::from(glyph.y), f64::from(glyph.advance));
            Rect::new(x, y - ABOVE * size, x + advance, y + BELOW * size)
        };
        let Some(area) = run.glyphs.iter().map(letter).reduce(|all, letter| all.union(letter)) else { return };
        let css_px = size * self.css_px * bounds::scale(run.transform);
        let words = Words {
            node,
            is_large: wcag::is_large(css_px, is_bold),
            items: vec![run],
            area,
            opacity: around.opacity,
            after: self.page.layers.len(),
        };
        if words.bounds().intersect(around.clip).area() > 0.0 {
            self.page.words.push(words);
        }
    }
}

/// Whether what is in a group can be judged one by one.
fn is_see_through(group: &Group) -> bool {
    group.blend == Blend::Normal && group.mask.is_none() && group.blur == 0.0 && group.tint.is_none()
}

/// Several paints of a run are several items.
fn is_same(a: &GlyphItem, b: &GlyphItem) -> bool {
    key(a) == key(b) && a.transform == b.transform
}

/// What a fill covers with one colour.
fn plain(fill: &FillItem, around: &Around) -> Option<(Rect, Rgba)> {
    let Paint::Solid(color) = fill.paint else { return None };
    let inside = bounds::overlap(inside(&fill.shape, fill.transform)?, around.seen);
    (around.opacity >= 1.0).then_some((inside, color))
}

/// An upright rectangle within a shape, where that is plain to see.
fn inside(shape: &Shape, transform: Affine) -> Option<Rect> {
    let [_, b, c, ..] = transform.as_coeffs();
    if b != 0.0 || c != 0.0 {
        return None;
    }
    let inside = match shape {
        Shape::Rect(rect) => rect.abs(),
        Shape::RoundedRect(rounded) => {
            let radii = rounded.radii();
            let largest = radii.top_left.max(radii.top_right).max(radii.bottom_right).max(radii.bottom_left);
            let rect = rounded.rect().abs();
            rect.inset(-CORNER * largest.min(rect.width().min(rect.height()) / 2.0))
        }
        Shape::Ellipse(rect) => rect.abs().inflate(-CORNER * rect.width() / 2.0, -CORNER * rect.height() / 2.0),
        Shape::Path(_) => return None,
    };
    Some(transform.transform_rect_bbox(inside))
}
