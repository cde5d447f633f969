//! Soft shadows of rounded rectangles: a small mask with corners and sides, blurred once and kept, then stretched
//! between its corners to any size. Very soft ones are made coarse and enlarged.

use handbill_template::resolved::Rgba;
use kurbo::{Affine, BezPath, Rect, Size};
use vello_cpu::peniko::{Extend, ImageQuality, ImageSampler};
use vello_cpu::{Image, ImageSource, Tint, TintMode};

use super::blur::{Between, Plane, coarseness, level, reach};
use super::canvas::{Canvas, Outline};
use super::snap::{Snap, is_upright};
use super::{Scene, paints};
use crate::bounds::{self, scale};
use crate::display::{FillRule, ShadowItem, Shape};
use crate::outlines;
use crate::pixmap::{Pixmap, div255};

/// A blur of less than this many device pixels is none.
const SHARP: f64 = 0.1;
/// A mask is made coarser as long as its σ is this many cells.
const LEAST: f64 = 16.0;

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
    let radii = |along: Affine| outlines::device_radii(item.shape.radii(), rect, along);
    if is_upright(to_device) {
        let device_rect = to_device.snap(rect);
        let mask = Mask::new(cache, device_rect, radii(to_device), sigma, coarseness(sigma, LEAST), true);
        match mask.x.factor == 1.0 {
            true => mask.draw(canvas, item.color, Affine::IDENTITY),
            false => mask.draw_enlarged(canvas, item.color),
        }
        return;
    }
    // Turned: the mask is made upright and in one piece, since pieces would show their seams.
    let [a, b, c, d, _, _] = to_device.as_coeffs();
    let along = Affine::scale_non_uniform((a * a + b * b).sqrt(), (c * c + d * d).sqrt());
    let device_rect = along.snap(rect);
    if device_rect.is_zero_area() {
        return;
    }
    let mut factor = coarseness(sigma, LEAST);
    while device_rect.width().max(device_rect.height()) / factor as f64 > 4096.0 {
        factor *= 2;
    }
    let mask = Mask::new(cache, device_rect, radii(along), sigma, factor, false);
    let onto = Affine::translate((rect.x0, rect.y0))
        * Affine::scale_non_uniform(rect.width() / device_rect.width(), rect.height() / device_rect.height())
        * Affine::translate((-device_rect.x0, -device_rect.y0));
    mask.draw(canvas, item.color, to_device * onto);
}

/// The blurred shape and where it goes. Its pixels, called cells, may be larger than the device's.
struct Mask {
    pixmap: Pixmap,
    x: Axis,
    y: Axis,
}

/// One direction of a mask.
struct Axis {
    /// Where the mask begins, in device pixels.
    start: f64,
    /// Device pixels a cell.
    factor: f64,
    /// All cells.
    cells: usize,
    /// Length of the shape, in cells.
    inside: f64,
    /// The cell that stands for all of the middle, and how many it stands for.
    stretched: Option<(f64, f64)>,
}

impl Mask {
    fn new(
        cache: &mut ShadowCache,
        rect: Rect,
        radii: [Size; 4],
        sigma: f64,
        factor: usize,
        may_stretch: bool,
    ) -> Self {
        let cell = factor as f64;
        let (radii, sigma) = (radii.map(|radius| radius / cell), sigma / cell);
        let reach = reach(sigma) as f64;
        let axis = |start: f64, length: f64, radii: [f64; 4]| {
            let corners = (radii[0].max(radii[1]), radii[2].max(radii[3]));
            Axis::new(start, length / cell, cell, corners, reach, may_stretch)
        };
        let [tl, tr, br, bl] = radii;
        let x = axis(rect.x0, rect.width(), [tl.width, bl.width, tr.width, br.width]);
        let y = axis(rect.y0, rect.height(), [tl.height, tr.height, bl.height, br.height]);
        let shape = MaskShape { cells: [x.cells, y.cells], inside: Size::new(x.inside, y.inside), radii, sigma };
        Mask { pixmap: cache.get(shape), x, y }
    }

    /// Draws what shows on the canvas of a mask of coarse cells.
    fn draw_enlarged(&self, canvas: &mut Canvas, color: Rgba) {
        let mask = Rect::new(self.x.start, self.y.start, self.x.end(), self.y.end());
        let shown = bounds::overlap(mask, canvas.area());
        if shown.is_zero_area() {
            return;
        }
        let data = self.pixmap.data().chunks_exact(4).map(|pixel| f32::from(pixel[3])).collect();
        let cells = Plane { width: self.x.cells, height: self.y.cells, data };
        let columns: Vec<Between> = (shown.x0 as usize..shown.x1 as usize).map(|x| self.x.cell(x)).collect();
        let rows: Vec<Between> = (shown.y0 as usize..shown.y1 as usize).map(|y| self.y.cell(y)).collect();
        let pixmap = silhouette(&cells.sample(&columns, &rows), color);
        paints::blit(canvas, &pixmap, shown.origin());
    }

    /// Draws the mask in its parts; `transform` is from where it was made to device pixels.
    fn draw(&self, canvas: &mut Canvas, color: Rgba, transform: Affine) {
        let quality = if is_upright(transform) { ImageQuality::Low } else { ImageQuality::Medium };
        canvas.cx.set_tint(Some(tint(color)));
        for x in self.x.parts() {
            for y in self.y.parts() {
                let from_mask = Affine::new([x.step, 0.0, 0.0, y.step, x.origin, y.origin]);
                let part = Rect::new(x.from, y.from, x.to, y.to);
                let outline = if is_upright(transform) {
                    Outline::Rect(transform.transform_rect_bbox(part))
                } else {
                    Outline::Path(transform * outlines::rect(part))
                };
                let paint = picture(&self.pixmap, quality).into();
                canvas.paint(&outline, FillRule::NonZero, paint, transform * from_mask);
            }
        }
        canvas.cx.reset_tint();
    }
}

/// A part of a mask along one axis: from and to, where the mask would begin, and the size of its cells.
struct Part {
    from: f64,
    to: f64,
    origin: f64,
    step: f64,
}

impl Axis {
    /// `length` and the corners at both ends are in cells.
    fn new(start: f64, length: f64, cell: f64, corners: (f64, f64), reach: f64, may_stretch: bool) -> Self {
        let start = start - reach * cell;
        // Past these the other end is out of sight.
        let (before, after) = ((corners.0 + reach).ceil(), (corners.1 + reach).ceil());
        if may_stretch && before + 1.0 + after <= length {
            let stretched = Some((before + reach, length - before - after));
            let inside = before + 1.0 + after;
            return Axis { start, factor: cell, cells: (inside + 2.0 * reach) as usize, inside, stretched };
        }
        let cells = (length.ceil() + 2.0 * reach) as usize;
        Axis { start, factor: cell, cells, inside: length, stretched: None }
    }

    fn end(&self) -> f64 {
        let stretched = self.stretched.map_or(0.0, |(_, stretch)| stretch - 1.0);
        self.start + (self.cells as f64 + stretched) * self.factor
    }

    /// The cells around a device pixel's middle.
    fn cell(&self, pixel: usize) -> Between {
        let at = (pixel as f64 + 0.5 - self.start) / self.factor;
        let at = match self.stretched {
            Some((before, stretch)) if at >= before + stretch => at - stretch + 1.0,
            Some((before, _)) if at >= before => before + 0.5,
            _ => at,
        };
        Between::new(at, self.cells)
    }

    fn parts(&self) -> Vec<Part> {
        let (start, step, cells) = (self.start, self.factor, self.cells as f64);
        let Some((before, stretch)) = self.stretched else {
            return vec![Part { from: start, to: start + cells * step, origin: start, step }];
        };
        let first = start + before * step;
        let second = first + stretch * step;
        let end = second + (cells - before - 1.0) * step;
        vec![
            Part { from: start, to: first, origin: start, step },
            Part { from: first, to: second, origin: first - before * stretch * step, step: stretch * step },
            Part { from: second, to: end, origin: second - (before + 1.0) * step, step },
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
    masks: Vec<(MaskShape, Pixmap)>,
    bytes: usize,
}

/// What is blurred, in cells; the blur's reach is left free on all sides.
#[derive(Debug, Clone, PartialEq)]
struct MaskShape {
    cells: [usize; 2],
    inside: Size,
    radii: [Size; 4],
    sigma: f64,
}

impl ShadowCache {
    const LIMIT: usize = 32 << 20;

    fn get(&mut self, shape: MaskShape) -> Pixmap {
        if let Some(at) = self.masks.iter().position(|(known, _)| *known == shape) {
            let found = self.masks.remove(at);
            let pixmap = found.1.clone();
            self.masks.push(found);
            return pixmap;
        }
        let pixmap = shape.draw();
        self.bytes += pixmap.bytes();
        self.masks.push((shape, pixmap.clone()));
        while self.bytes > Self::LIMIT && self.masks.len() > 1 {
            self.bytes -= self.masks.remove(0).1.bytes();
        }
        pixmap
    }
}

impl MaskShape {
    /// White, times what is covered.
    fn draw(&self) -> Pixmap {
        let ([width, height], reach) = (self.cells, reach(self.sigma) as f64);
        let rect = Rect::from_origin_size((reach, reach), self.inside);
        let blurred = coverage(width, height, rect, self.radii).blur(self.sigma);
        let data = blurred.data.iter().flat_map(|&coverage| [level(coverage * 255.0); 4]).collect();
        Pixmap::from_premultiplied(data, width as u16, height as u16, false)
    }
}

/// One colour, as opaque as the plane's 0 to 255 say.
pub(super) fn silhouette(alpha: &Plane, Rgba([r, g, b, a]): Rgba) -> Pixmap {
    let premultiplied = [r, g, b, 255].map(|channel| u32::from(div255(u32::from(channel) * u32::from(a))));
    let levels = alpha.data.iter().map(|&alpha| u32::from(level(alpha)));
    let data = levels.flat_map(|alpha| premultiplied.map(|channel| div255(channel * alpha))).collect();
    Pixmap::from_premultiplied(data, alpha.width as u16, alpha.height as u16, false)
}

/// How much of each cell a rounded rectangle covers.
fn coverage(width: usize, height: usize, rect: Rect, radii: [Size; 4]) -> Plane {
    /// Lines a row is measured along.
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
fn cover(row: &mut [f32], left: f64, right: f64, weight: f32) {
    let (first, last) = (left.max(0.0) as usize, (right.ceil().max(0.0) as usize).min(row.len()));
    for (x, pixel) in row.iter_mut().enumerate().take(last).skip(first) {
        let part = (right.min(x as f64 + 1.0) - left.max(x as f64)).max(0.0);
        *pixel += part as f32 * weight;
    }
}
