//! What lies behind letters: one colour, or pixels; and the contrast of the letters on it.

use handbill_template::resolved::Rgba;
use kurbo::{Affine, Point, Rect};

use super::Drawing;
use super::wcag::{contrast_ratio, darkness};
use super::words::{Code, Layer, Page, Words};
use crate::display::{ColorStop, GlyphItem, Group, Item, ModulesItem, Paint};
use crate::pixmap::Pixmap;
use crate::raster;

/// The longer side of a page that is drawn for its grounds, pixels.
const SIDE: f64 = 400.0;

/// Pages that are drawn again up to some text, because something lies above it. Any more are taken with all that is above.
const MAX_AGAIN: usize = 4;

/// The share of places whose contrast may be lower than the one that counts.
const LOWER: f64 = 0.1;

/// Letters that are fainter than this are decoration.
const FAINT: f64 = 0.2;

/// An outline of this many em keeps letters apart from what is behind it.
const OUTLINE: f64 = 0.03;

/// A text is looked at in so many places per em along its line, and across it.
const PLACES: (f64, usize) = (4.0, 5);
const MAX_ALONG: f64 = 200.0;

/// Modules around a code that must not be taken for its own. The standard asks for four; scanners do with two.
const QUIET_ZONE: f64 = 2.0;

/// A code is looked at in so many places along each side.
const CODE_PLACES: usize = 32;

/// The grounds of a page's texts. What must be drawn is drawn when it is first asked for.
pub(super) struct Grounds<'p, 'a> {
    page: &'p Page<'a>,
    /// All but the letters.
    whole: Option<Option<Pixmap>>,
    drawn_again: usize,
}

impl<'p, 'a> Grounds<'p, 'a> {
    pub(super) fn new(page: &'p Page<'a>) -> Self {
        Grounds { page, whole: None, drawn_again: 0 }
    }

    /// The contrast that nine of ten places of a run have at least. None when it is not to be judged.
    pub(super) fn ratio(&mut self, words: &Words<'_>, drawing: &mut Drawing<'_>) -> Option<f64> {
        let letters = Letters::of(words)?;
        let places: Vec<Point> = words_places(words).collect();
        let to_page = words.items[0].transform;
        let site = Site { area: words.bounds(), after: words.after, until: Until::Words(words.items[0]) };
        let ratios: Vec<f64> = match self.behind(&site, drawing) {
            // Where all is one colour, one place tells it.
            Behind::Plain(ground) if letters.are_plain() => vec![letters.ratio(places[0], ground)],
            behind => places
                .iter()
                .filter_map(|&place| Some(letters.ratio(place, behind.at(self.page, to_page * place)?)))
                .collect(),
        };
        least(ratios)
    }

    /// The contrast of a code's modules that nine of ten places have at least, both behind it and in the quiet zone that
    /// scanners need around it; below 1 where the modules are the lighter ones. None when it is not to be judged.
    pub(super) fn code_ratio(&mut self, code: &Code<'_>, drawing: &mut Drawing<'_>) -> Option<f64> {
        let item = code.item;
        let quiet = QUIET_ZONE * item.target.width() / item.size.max(1) as f64;
        let around = item.target.inflate(quiet, quiet);
        let area = item.transform.transform_rect_bbox(around);
        let behind = self.behind(&Site { area, after: code.after, until: Until::Code(item) }, drawing);
        let color = faded(item.color, code.opacity);
        let ratio = |place: Point| {
            let ground = behind.at(self.page, item.transform * place)?;
            Some(darkness(over(color, ground), ground))
        };
        let (inside, outside): (Vec<Point>, Vec<Point>) =
            places(around, CODE_PLACES, CODE_PLACES).partition(|&place| item.target.contains(place));
        let of = |places: Vec<Point>| least(places.into_iter().filter_map(ratio).collect());
        Some(of(inside)?.min(of(outside)?))
    }

    fn behind(&mut self, site: &Site<'_>, drawing: &mut Drawing<'_>) -> Behind {
        let (before, above) = self.page.layers.split_at(site.after);
        let overlaps = |layer: &&Layer| layer.bounds.overlaps(site.area);
        let mut plain = Some(Rgba::TRANSPARENT);
        for layer in before.iter().filter(overlaps) {
            plain = match layer.plain.filter(|(rect, _)| rect.contains_rect(site.area)) {
                Some((_, color)) if color.0[3] == 255 => Some(color),
                Some((_, color)) => plain.map(|ground| over(color, ground)),
                None => None,
            };
        }
        match plain {
            Some(ground) if ground.0[3] == 255 => Behind::Plain(ground),
            Some(_) => Behind::Unknown,
            None => self
                .pixels(site, above.iter().any(|layer| overlaps(&layer)), drawing)
                .map_or(Behind::Unknown, Behind::Pixels),
        }
    }

    /// What lies behind a site, small.
    fn pixels(&mut self, site: &Site<'_>, covered: bool, drawing: &mut Drawing<'_>) -> Option<Pixmap> {
        let page = self.page;
        if covered && self.drawn_again < MAX_AGAIN {
            self.drawn_again += 1;
            return draw(page, Some(site.until), drawing);
        }
        self.whole.get_or_insert_with(|| draw(page, None, drawing)).clone()
    }
}

/// Where something is on the page that must be told apart from what is behind it.
struct Site<'a> {
    area: Rect,
    /// How many of the page's layers are painted before it.
    after: usize,
    until: Until<'a>,
}

/// What a page is drawn up to.
#[derive(Clone, Copy)]
enum Until<'a> {
    Words(&'a GlyphItem),
    Code(&'a ModulesItem),
}

impl Until<'_> {
    fn is(self, item: &Item) -> bool {
        match (self, item) {
            (Until::Words(until), Item::Glyphs(run)) => std::ptr::eq(until, run),
            (Until::Code(until), Item::Modules(code)) => std::ptr::eq(until, code),
            _ => false,
        }
    }
}

enum Behind {
    Plain(Rgba),
    Pixels(Pixmap),
    /// The page is transparent there, or cannot be drawn.
    Unknown,
}

impl Behind {
    /// The colour at a place of the page.
    fn at(&self, page: &Page<'_>, place: Point) -> Option<Rgba> {
        match self {
            Behind::Plain(ground) => Some(*ground),
            Behind::Pixels(pixels) => pixel(pixels, to_pixels(page, pixels) * place),
            Behind::Unknown => None,
        }
    }
}

/// What all but the lowest of some ratios reach.
fn least(mut ratios: Vec<f64>) -> Option<f64> {
    ratios.sort_by(f64::total_cmp);
    ratios.get((ratios.len() as f64 * LOWER) as usize).copied()
}

/// How letters are painted.
struct Letters<'w> {
    words: &'w Words<'w>,
    /// The lowest first.
    paints: Vec<&'w Paint>,
    outline: Option<&'w Paint>,
}

impl<'w> Letters<'w> {
    fn of(words: &'w Words<'w>) -> Option<Letters<'w>> {
        let paints: Vec<&Paint> = words.items.iter().map(|item| &item.paint).collect();
        let outlines = words.items.iter().filter_map(|item| item.outline.as_ref().map(|outline| (item, outline)));
        let strong = |item: &GlyphItem, width: f64| width / 2.0 >= OUTLINE * f64::from(item.size);
        let outline =
            outlines.filter(|(item, (stroke, _))| strong(item, stroke.width)).map(|(_, (_, paint))| paint).next_back();
        let letters = Letters { words, paints, outline };
        let alpha = letters.color(words.area.center())?.0[3];
        let is_readable = f64::from(alpha) / 255.0 * words.opacity >= FAINT;
        is_readable.then_some(letters)
    }

    fn are_plain(&self) -> bool {
        self.paints.iter().copied().chain(self.outline).all(|paint| matches!(paint, Paint::Solid(_)))
    }

    /// The colour at a place: the fills', or the outline's where there is no fill. None for pictures.
    fn color(&self, place: Point) -> Option<Rgba> {
        let mut color = Rgba::TRANSPARENT;
        for paint in &self.paints {
            color = over(color_at(paint, place)?, color);
        }
        match self.outline.filter(|_| color.0[3] < 26) {
            Some(outline) => color_at(outline, place),
            None => Some(color),
        }
    }

    fn ratio(&self, place: Point, ground: Rgba) -> f64 {
        let seen = |color: Rgba| over(faded(color, self.words.opacity), ground);
        let Some(letters) = self.color(place) else { return f64::INFINITY };
        let on_ground = contrast_ratio(seen(letters), ground);
        let outline = self.outline.and_then(|outline| color_at(outline, place)).map(seen);
        outline.map_or(on_ground, |outline| on_ground.max(contrast_ratio(seen(letters), outline)))
    }
}

/// Places within the letters' area, in their own coordinates.
fn words_places(words: &Words<'_>) -> impl Iterator<Item = Point> {
    let em = f64::from(words.items[0].size).max(f64::MIN_POSITIVE);
    let along = (words.area.width() / em * PLACES.0).ceil().clamp(4.0, MAX_ALONG);
    places(words.area, along as usize, PLACES.1)
}

/// Places all over a rectangle, so many along and across.
fn places(area: Rect, along: usize, across: usize) -> impl Iterator<Item = Point> {
    let share = |at: usize, count: usize| (at as f64 + 0.5) / count as f64;
    let place = move |x: usize, y: usize| {
        Point::new(area.x0 + share(x, along) * area.width(), area.y0 + share(y, across) * area.height())
    };
    (0..across).flat_map(move |y| (0..along).map(move |x| place(x, y)))
}

/// A colour on another, straight alpha.
fn over(Rgba(above): Rgba, Rgba(below): Rgba) -> Rgba {
    let (a, b) = (f64::from(above[3]) / 255.0, f64::from(below[3]) / 255.0);
    let alpha = a + b * (1.0 - a);
    if alpha <= 0.0 {
        return Rgba::TRANSPARENT;
    }
    let mix = |above: u8, below: u8| ((f64::from(above) * a + f64::from(below) * b * (1.0 - a)) / alpha).round() as u8;
    let [r, g, b] = [0, 1, 2].map(|channel| mix(above[channel], below[channel]));
    Rgba([r, g, b, (alpha * 255.0).round() as u8])
}

fn faded(Rgba([r, g, b, a]): Rgba, opacity: f64) -> Rgba {
    Rgba([r, g, b, (f64::from(a) * opacity).round() as u8])
}

/// A paint's colour at a place in the coordinates of what it paints. None for pictures and tiles.
fn color_at(paint: &Paint, place: Point) -> Option<Rgba> {
    match paint {
        Paint::Solid(color) => Some(*color),
        Paint::Linear(gradient) => {
            let place = gradient.transform.inverse() * place;
            let line = gradient.to - gradient.from;
            let along = (place - gradient.from).dot(line) / line.hypot2().max(f64::MIN_POSITIVE);
            Some(between(&gradient.stops, along))
        }
        Paint::Radial(gradient) => {
            let away = gradient.transform.inverse() * place - gradient.center;
            let x = away.x / gradient.radius.x.abs().max(f64::MIN_POSITIVE);
            let y = away.y / gradient.radius.y.abs().max(f64::MIN_POSITIVE);
            Some(between(&gradient.stops, (x * x + y * y).sqrt()))
        }
        Paint::Image(_) | Paint::Tiles(_) => None,
    }
}

/// The colour between the stops of a gradient.
fn between(stops: &[ColorStop], at: f64) -> Rgba {
    let after = stops.partition_point(|stop| f64::from(stop.at) <= at);
    match (after.checked_sub(1).map(|before| stops[before]), stops.get(after)) {
        (Some(before), Some(next)) => {
            let share = (at - f64::from(before.at)) / f64::from(next.at - before.at).max(f64::MIN_POSITIVE);
            let mix = |channel: usize| {
                let (from, to) = (f64::from(before.color.0[channel]), f64::from(next.color.0[channel]));
                (from + (to - from) * share).round() as u8
            };
            Rgba([0, 1, 2, 3].map(mix))
        }
        (Some(only), None) => only.color,
        (None, next) => next.map_or(Rgba::TRANSPARENT, |next| next.color),
    }
}

/// A page's items without letters and codes; up to something, when there is something above it. None when it cannot be drawn, which drawing tells.
fn draw(page: &Page<'_>, until: Option<Until<'_>>, drawing: &mut Drawing<'_>) -> Option<Pixmap> {
    let mut items = Vec::new();
    without_words(page, &page.page.items, until, &mut items);
    let scale = (SIDE / page.page.width.max(page.page.height)).min(1.0);
    let side = |length: f64| (length * scale).round().clamp(1.0, SIDE) as u16;
    let size = (side(page.page.width), side(page.page.height));
    let to_device =
        Affine::scale_non_uniform(f64::from(size.0) / page.page.width, f64::from(size.1) / page.page.height);
    raster::draw_items(&items, drawing.fonts, drawing.images, drawing.raster, to_device, size).ok()
}

/// Copies items but letters of text nodes and codes; their shadows stay. True when `until` was reached.
fn without_words(page: &Page<'_>, items: &[Item], until: Option<Until<'_>>, out: &mut Vec<Item>) -> bool {
    for item in items {
        if until.is_some_and(|until| until.is(item)) {
            return true;
        }
        match item {
            Item::Glyphs(run) if page.is_words(run) => {}
            Item::Modules(_) => {}
            Item::Group(group) if group.tint.is_none() => {
                let mut inside = Vec::new();
                let reached = without_words(page, &group.items, until, &mut inside);
                let (clip, mask, meaning) = (group.clip.clone(), group.mask.clone(), None);
                out.push(Item::Group(Group { items: inside, clip, mask, meaning, ..*group }));
                if reached {
                    return true;
                }
            }
            other => out.push(other.clone()),
        }
    }
    false
}

fn to_pixels(page: &Page<'_>, pixels: &Pixmap) -> Affine {
    let (width, height) = (f64::from(pixels.width()), f64::from(pixels.height()));
    Affine::scale_non_uniform(width / page.page.width, height / page.page.height)
}

/// The opaque pixel at a place; None outside and where the page is transparent.
fn pixel(pixels: &Pixmap, place: Point) -> Option<Rgba> {
    let all = Rect::new(0.0, 0.0, f64::from(pixels.width()), f64::from(pixels.height()));
    let [r, g, b, a] = all.contains(place).then(|| pixels.pixel(place.x as u32, place.y as u32))?;
    (a >= 250).then_some(Rgba([r, g, b, 255]))
}
