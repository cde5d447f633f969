//! Soft shadows of rounded rectangles: a small mask with corners and sides, blurred once and kept, then stretched
//! between its corners to any size.

use kurbo::{Affine, BezPath, Rect, Size};
use vello_cpu::peniko::{Extend, ImageQuality, ImageSampler};
use vello_cpu::{Image, ImageSource, Tint, TintMode};

use super::blur::{Plane, reach};
use super::canvas::{Canvas, Outline};
use super::snap::{Snap, is_upright};
use super::{Scene, paints};
use crate::bounds::scale;
use crate::display::{FillRule, ShadowItem, Shape};
use crate::outlines;
use crate::pixmap::Pixmap;
use handbill_template::resolved::Rgba;

/// A blur of less than this many device pixels is none.
const SHARP: f64 = 0.1;

pub(super) fn shadow(canvas: &mut Canvas, scene: &mut Scene<'_>, item: &ShadowItem) {
    if item.color.0[3] == 0 || item.shape.rect().is_zero_area() {
        return;
    }
    if let Some(knockout) = &item.knockout {
        let outside = outside(canvas, knockout, item.transform);
        canvas.clip_to(&Outline::Path(outside), FillRule::EvenOdd);
    }
    let to_device = canvas.to_device * item.transform;
    if item.sigma * scale(to_device) < SHARP {
        let outline = canvas.outline(&Shape::RoundedRect(item.shape), item.transform);
        canvas.paint(&outline, FillRule::NonZero, paints::solid(item.color), Affine::IDENTITY);
    } else {
        soft(canvas, &mut scene.context.shadows, item, to_device);
    }
    if item.knockout.is_some() {
        canvas.unclip();
    }
}

/// All of the canvas but a shape.
fn outside(canvas: &Canvas, shape: &Shape, transform: Affine) -> BezPath {
    let mut path = canvas.outline(shape, transform).to_path();
    path.extend(outlines::rect(canvas.area().inflate(8.0, 8.0)));
    path
}

fn soft(canvas: &mut Canvas, cache: &mut ShadowCache, item: &ShadowItem, to_device: Affine) {
    let (sigma, rect) = (item.sigma * scale(to_device), item.shape.rect());
    if is_upright(to_device) {
        let radii = outlines::device_radii(item.shape.radii(), rect, to_device);
        let mask = SlicedMask::new(cache, to_device.snap(rect), radii, sigma);
        mask.draw(canvas, item.color, Affine::IDENTITY);
        return;
    }
    // Turned: the mask is made upright at the same size, then turned as one picture.
    let [a, b, c, d, _, _] = to_device.as_coeffs();
    let along = Affine::scale_non_uniform((a * a + b * b).sqrt(), (c * c + d * d).sqrt());
    if along.determinant() == 0.0 {
        return;
    }
    let device_rect = along.snap(rect);
    let radii = outlines::device_radii(item.shape.radii(), rect, along);
    let mask = SlicedMask::new(cache, device_rect, radii, sigma);
    let onto = Affine::translate((rect.x0, rect.y0))
        * Affine::scale_non_uniform(rect.width() / device_rect.width(), rect.height() / device_rect.height())
        * Affine::translate((-device_rect.x0, -device_rect.y0));
    mask.draw_whole(canvas, item.color, to_device * onto);
}

/// A mask whose middle row and column stand for as many as are needed.
struct SlicedMask {
    pixmap: Pixmap,
    /// Columns and rows of the mask: where the stretched one is, and where it goes in device pixels.
    x: Slices,
    y: Slices,
}

struct Slices {
    /// Where the mask begins.
    start: f64,
    /// Length before the stretched pixel.
    before: f64,
    /// How long the stretched pixel becomes; 1 when nothing is stretched.
    stretch: f64,
    /// Length after it.
    after: f64,
}

impl SlicedMask {
    fn new(cache: &mut ShadowCache, rect: Rect, radii: [Size; 4], sigma: f64) -> Self {
        let reach = reach(sigma);
        let widest = |a: usize, b: usize| radii[a].width.max(radii[b].width);
        let tallest = |a: usize, b: usize| radii[a].height.max(radii[b].height);
        let x = Slices::new(rect.x0, rect.width(), widest(0, 3), widest(1, 2), reach);
        let y = Slices::new(rect.y0, rect.height(), tallest(0, 1), tallest(2, 3), reach);
        let key = ShadowKey {
            width: (x.before + 1.0 + x.after) as usize,
            height: (y.before + 1.0 + y.after) as usize,
            radii: radii.map(|size| [size.width.to_bits(), size.height.to_bits()]),
            sigma: sigma.to_bits(),
        };
        SlicedMask { pixmap: cache.get(key, radii, sigma), x, y }
    }

    /// Draws the nine parts; `transform` is upright and moves by whole pixels.
    fn draw(&self, canvas: &mut Canvas, color: Rgba, transform: Affine) {
        canvas.cx.set_tint(Some(tint(color)));
        for (left, right, x, step_x) in self.x.parts() {
            for (top, bottom, y, step_y) in self.y.parts() {
                let paint = picture(&self.pixmap, ImageQuality::Low);
                let from_mask = Affine::new([step_x, 0.0, 0.0, step_y, x, y]);
                let part = Outline::Rect(Rect::new(left, top, right, bottom));
                canvas.paint(&part, FillRule::NonZero, paint.into(), transform * from_mask);
            }
        }
        canvas.cx.reset_tint();
    }

    /// Draws the mask as one picture, sampled between pixels.
    fn draw_whole(&self, canvas: &mut Canvas, color: Rgba, transform: Affine) {
        let (width, height) = (self.x.length(), self.y.length());
        if width > 8192.0 || height > 8192.0 {
            return;
        }
        let mut data = Vec::with_capacity((width * height) as usize * 4);
        for y in 0..height as usize {
            let row = self.y.source(y) * self.pixmap.width() as usize;
            for x in 0..width as usize {
                let at = (row + self.x.source(x)) * 4;
                data.extend_from_slice(&self.pixmap.data()[at..at + 4]);
            }
        }
        let whole = Pixmap::from_premultiplied(data, width as u16, height as u16, false);
        let area = Rect::new(0.0, 0.0, width, height);
        let onto = transform * Affine::translate((self.x.start, self.y.start));
        canvas.cx.set_tint(Some(tint(color)));
        let paint = picture(&whole, ImageQuality::Medium);
        canvas.paint(&Outline::Path(onto * outlines::rect(area)), FillRule::NonZero, paint.into(), onto);
        canvas.cx.reset_tint();
    }
}

impl Slices {
    /// `low` and `high` are the corner radii at both ends.
    fn new(start: f64, length: f64, low: f64, high: f64, reach: usize) -> Self {
        let reach = reach as f64;
        // From here on the other end is out of sight.
        let (mut before, mut after) = ((low + reach).ceil(), (high + reach).ceil());
        if before + after + 1.0 > length {
            before = (length / 2.0).floor();
            after = length - before - 1.0;
        }
        let stretch = length - before - after;
        Slices { start: start - reach, before: before + reach, stretch, after: after + reach }
    }

    fn length(&self) -> f64 {
        self.before + self.stretch + self.after
    }

    /// Which pixel of the mask a drawn one shows.
    fn source(&self, at: usize) -> usize {
        let (before, stretch) = (self.before as usize, self.stretch as usize);
        if at < before { at } else { before.max((at + 1).saturating_sub(stretch)) }
    }

    /// The three parts: from, to, and how the mask is moved and stretched there.
    fn parts(&self) -> [(f64, f64, f64, f64); 3] {
        let Slices { start, before, stretch, .. } = *self;
        let (first, second, third) = (start + before, start + before + stretch, start + self.length());
        [
            (start, first, start, 1.0),
            (first, second, first - before * stretch, stretch),
            (second, third, second - before - 1.0, 1.0),
        ]
    }
}

fn tint(Rgba([r, g, b, a]): Rgba) -> Tint {
    Tint { color: vello_cpu::color::AlphaColor::from_rgba8(r, g, b, a), mode: TintMode::AlphaMask }
}

fn picture(pixmap: &Pixmap, quality: ImageQuality) -> Image {
    let sampler = ImageSampler { x_extend: Extend::Pad, y_extend: Extend::Pad, quality, alpha: 1.0 };
    Image { image: ImageSource::Pixmap(pixmap.shared()), sampler }
}

/// Masks that were blurred before, by shape; the oldest go when there are too many.
#[derive(Debug, Default)]
pub(super) struct ShadowCache {
    /// Most recently used last.
    masks: Vec<(ShadowKey, Pixmap)>,
    bytes: usize,
}

/// Device pixels, as bits.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ShadowKey {
    width: usize,
    height: usize,
    radii: [[u64; 2]; 4],
    sigma: u64,
}

impl ShadowCache {
    const LIMIT: usize = 32 << 20;

    fn get(&mut self, key: ShadowKey, radii: [Size; 4], sigma: f64) -> Pixmap {
        if let Some(at) = self.masks.iter().position(|(known, _)| *known == key) {
            let found = self.masks.remove(at);
            let pixmap = found.1.clone();
            self.masks.push(found);
            return pixmap;
        }
        let pixmap = mask(key.width, key.height, radii, sigma);
        self.bytes += pixmap.bytes();
        self.masks.push((key, pixmap.clone()));
        while self.bytes > Self::LIMIT && self.masks.len() > 1 {
            self.bytes -= self.masks.remove(0).1.bytes();
        }
        pixmap
    }
}

/// The blurred mask of a rounded rectangle that leaves the blur's reach free on all sides; white times coverage.
fn mask(width: usize, height: usize, radii: [Size; 4], sigma: f64) -> Pixmap {
    let reach = reach(sigma) as f64;
    let rect = Rect::new(reach, reach, width as f64 - reach, height as f64 - reach);
    let blurred = coverage(width, height, rect, radii).blur(sigma);
    let level = |coverage: f32| (coverage.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    let data = blurred.data.iter().flat_map(|&[coverage]| [level(coverage); 4]).collect();
    Pixmap::from_premultiplied(data, width as u16, height as u16, false)
}

/// How much of each pixel a rounded rectangle covers; `rect` has whole edges.
fn coverage(width: usize, height: usize, rect: Rect, radii: [Size; 4]) -> Plane<1> {
    /// Lines a pixel row is measured along.
    const LINES: usize = 16;
    let mut plane = Plane::new(width, height);
    for (y, row) in plane.data.chunks_exact_mut(width.max(1)).enumerate() {
        for line in 0..LINES {
            let at = y as f64 + (line as f64 + 0.5) / LINES as f64;
            if at > rect.y0 && at < rect.y1 {
                let (left, right) = extent(at, rect, radii);
                cover(row, left, right, 1.0 / LINES as f32);
            }
        }
    }
    plane
}

/// Where a rounded rectangle begins and ends at a height inside it.
fn extent(y: f64, rect: Rect, [tl, tr, br, bl]: [Size; 4]) -> (f64, f64) {
    // How far a corner cuts in, `into` being the distance from its horizontal side.
    let cut = |corner: Size, into: f64| {
        if into >= corner.height {
            return 0.0;
        }
        let part = 1.0 - into / corner.height;
        corner.width * (1.0 - (1.0 - part * part).max(0.0).sqrt())
    };
    let (from_top, from_bottom) = (y - rect.y0, rect.y1 - y);
    let left = cut(tl, from_top).max(cut(bl, from_bottom));
    let right = cut(tr, from_top).max(cut(br, from_bottom));
    (rect.x0 + left, rect.x1 - right)
}

/// Adds `weight` from `left` to `right`, partly at the ends.
fn cover(row: &mut [[f32; 1]], left: f64, right: f64, weight: f32) {
    let (first, last) = (left.max(0.0) as usize, (right.ceil().max(0.0) as usize).min(row.len()));
    for (x, pixel) in row.iter_mut().enumerate().take(last).skip(first) {
        let part = (right.min(x as f64 + 1.0) - left.max(x as f64)).max(0.0);
        pixel[0] += part as f32 * weight;
    }
}
