//! What lies behind letters: one colour, or pixels; and the contrast of the letters on it.

use handbill_template::resolved::Rgba;
use kurbo::{Affine, Point, Rect};

use super::Drawing;
use super::wcag::contrast_ratio;
use super::words::{Page, Words};
use crate::display::{ColorStop, GlyphItem, Group, Item, Paint};
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
        let (before, behind_all) = self.page.layers.split_at(words.after);
        let area = words.bounds();
        let mut plain = Some(Rgba::TRANSPARENT);
        for layer in before.iter().filter(|layer| layer.bounds.overlaps(area)) {
            plain = match layer.plain {
                Some((rect, color)) if rect.contains_rect(area) => match plain {
                    _ if color.0[3] == 255 => Some(color),
                    known => known.map(|ground| over(color, ground)),
                },
                _ => None,
            };
        }
        let mut ratios: Vec<f64> = match plain {
            Some(ground) if ground.0[3] < 255 => return None,
            Some(ground) => {
                // Where all is one colour, one place tells it.
                let count = if letters.are_plain() { 1 } else { usize::MAX };
                places(words).take(count).map(|place| letters.ratio(place, ground)).collect()
            }
            None => {
                let covered = behind_all.iter().any(|layer| layer.bounds.overlaps(area));
                let pixels = self.pixels(words, covered, drawing)?;
                let to_pixels = to_pixels(self.page, &pixels) * words.transform();
                let ground = |place: Point| pixel(&pixels, to_pixels * place);
                places(words).filter_map(|place| Some(letters.ratio(place, ground(place)?))).collect()
            }
        };
        ratios.sort_by(f64::total_cmp);
        ratios.get((ratios.len() as f64 * LOWER) as usize).copied()
    }

    /// What lies behind a run, small.
    fn pixels(&mut self, words: &Words<'_>, covered: bool, drawing: &mut Drawing<'_>) -> Option<Pixmap> {
        let page = self.page;
        if covered && self.drawn_again < MAX_AGAIN {
            self.drawn_again += 1;
            return draw(page, Some(words.items[0]), drawing);
        }
        self.whole.get_or_insert_with(|| draw(page, None, drawing)).clone()
    }
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
fn places(words: &Words<'_>) -> impl Iterator<Item = Point> {
    let area = words.area;
    let em = f64::from(words.items[0].size).max(f64::MIN_POSITIVE);
    let along = (area.width() / em * PLACES.0).ceil().clamp(4.0, MAX_ALONG) as usize;
    let place = move |x: usize, y: usize| {
        let share = |at: usize, count: usize| (at as f64 + 0.5) / count as f64;
        Point::new(area.x0 + share(x, along) * area.width(), area.y0 + share(y, PLACES.1) * area.height())
    };
    (0..PLACES.1).flat_map(move |y| (0..along).map(move |x| place(x, y)))
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

/// A page's items without letters; up to a run, when there is one. None when it cannot be drawn, which drawing tells.
fn draw(page: &Page<'_>, until: Option<&GlyphItem>, drawing: &mut Drawing<'_>) -> Option<Pixmap> {
    let mut items = Vec::new();
    without_words(page, &page.page.items, until, &mut items);
    let scale = (SIDE / page.page.width.max(page.page.height)).min(1.0);
    let side = |length: f64| (length * scale).round().clamp(1.0, SIDE) as u16;
    let size = (side(page.page.width), side(page.page.height));
    let to_device =
        Affine::scale_non_uniform(f64::from(size.0) / page.page.width, f64::from(size.1) / page.page.height);
    raster::draw_items(&items, drawing.fonts, drawing.images, drawing.raster, to_device, size).ok()
}

/// Copies items but letters of text nodes; their shadows stay. True when `until` was reached.
fn without_words(page: &Page<'_>, items: &[Item], until: Option<&GlyphItem>, out: &mut Vec<Item>) -> bool {
    for item in items {
        match item {
            Item::Glyphs(run) if until.is_some_and(|until| std::ptr::eq(until, run)) => return true,
            Item::Glyphs(run) if page.is_words(run) => {}
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
