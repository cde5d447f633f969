//! Pictures: scaled to device size first, then laid down pixel by pixel; a turned one is resampled as it is drawn.

use kurbo::{Affine, Rect};
use vello_cpu::peniko::ImageQuality;

use super::canvas::{Canvas, Outline};
use super::snap::{Snap, is_upright};
use super::{Scene, lost_picture, paints};
use crate::bounds::overlap;
use crate::display::{FillRule, ImageItem};
use crate::error::RenderError;
use crate::images::{ImageId, ImageProblem, ImageStore};
use crate::outlines;
use crate::pixmap::Pixmap;

/// A picture ready to be drawn.
pub(super) struct Placed {
    pub(super) pixmap: Pixmap,
    /// From the pixels of `pixmap` to device pixels.
    pub(super) transform: Affine,
    /// Where it ends, in device pixels.
    pub(super) edge: Outline,
    pub(super) quality: ImageQuality,
}

pub(super) fn image(canvas: &mut Canvas, scene: &mut Scene<'_>, item: &ImageItem) -> Result<(), RenderError> {
    let placed = place(canvas, scene.images, item.image, item.source, item.target, item.transform);
    let Some(mut placed) = placed.map_err(|problem| lost_picture(&problem))? else { return Ok(()) };
    if let Some(filter) = &item.filter {
        placed.pixmap = filter.apply(&placed.pixmap);
    }
    let paint = paints::pixels(&placed.pixmap, item.opacity, placed.quality);
    let Some(clip) = &item.clip else {
        canvas.paint(&placed.edge, FillRule::NonZero, paint, placed.transform);
        return Ok(());
    };
    // Filling the clip's outline gives one soft edge, where a clip over the picture's own edge would give two.
    let outline = canvas.outline(clip, item.transform);
    canvas.clip_to(&placed.edge, FillRule::NonZero);
    canvas.paint(&outline, FillRule::NonZero, paint, placed.transform);
    canvas.unclip();
    Ok(())
}

/// Scales the `source` part for `target` (local coordinates). None: nothing of it is on the canvas.
pub(super) fn place(
    canvas: &Canvas,
    images: &ImageStore,
    image: ImageId,
    source: Rect,
    target: Rect,
    transform: Affine,
) -> Result<Option<Placed>, ImageProblem> {
    if source.width() <= 0.0 || source.height() <= 0.0 || target.width() <= 0.0 || target.height() <= 0.0 {
        return Ok(None);
    }
    let to_device = canvas.to_device * transform;
    if is_upright(to_device) {
        upright(canvas, images, image, source, target, to_device)
    } else {
        turned(images, image, source, target, to_device)
    }
}

/// The part that is on the canvas, pixel for pixel.
fn upright(
    canvas: &Canvas,
    images: &ImageStore,
    image: ImageId,
    source: Rect,
    target: Rect,
    to_device: Affine,
) -> Result<Option<Placed>, ImageProblem> {
    let whole = to_device.snap(target);
    let shown = visible(whole, canvas.area());
    if shown.width() < 1.0 || shown.height() < 1.0 {
        return Ok(None);
    }
    let [a, _, _, d, _, _] = to_device.as_coeffs();
    // From device pixels back to the picture's, mirrored where the transform mirrors.
    let back = |x: f64, from: f64, to: f64, low: f64, high: f64, mirrored: bool| {
        let part = (x - from) / (to - from);
        if mirrored { high - part * (high - low) } else { low + part * (high - low) }
    };
    let x = |x: f64| back(x, whole.x0, whole.x1, source.x0, source.x1, a < 0.0);
    let y = |y: f64| back(y, whole.y0, whole.y1, source.y0, source.y1, d < 0.0);
    let part = Rect::from_points((x(shown.x0), y(shown.y0)), (x(shown.x1), y(shown.y1)));
    let (width, height) = (shown.width() as u16, shown.height() as u16);
    let Some(pixmap) = images.scaled(image, part, width, height)? else { return Ok(None) };
    let mirror = Affine::scale_non_uniform(a.signum(), d.signum());
    let corner = (if a < 0.0 { shown.x1 } else { shown.x0 }, if d < 0.0 { shown.y1 } else { shown.y0 });
    Ok(Some(Placed {
        pixmap,
        transform: Affine::translate(corner) * mirror,
        edge: Outline::Rect(shown),
        quality: ImageQuality::Low,
    }))
}

/// All of a picture when little of it is off the canvas, so that the copy does not depend on where it stands (and is
/// found in the cache); else what shows.
fn visible(whole: Rect, canvas: Rect) -> Rect {
    let shown = overlap(whole, canvas);
    let small = whole.area() <= (shown.area() * 1.25).max(1e6) && whole.width() <= 8192.0 && whole.height() <= 8192.0;
    if small && !shown.is_zero_area() { whole } else { shown }
}

/// Scaled to about its size on the page, then sampled between pixels.
fn turned(
    images: &ImageStore,
    image: ImageId,
    source: Rect,
    target: Rect,
    to_device: Affine,
) -> Result<Option<Placed>, ImageProblem> {
    let [a, b, c, d, _, _] = to_device.as_coeffs();
    let size = |length: f64, along: f64| (length * along).round().clamp(1.0, 8192.0);
    // The picture's own size is enough: the drawing library enlarges.
    let width = size(target.width(), (a * a + b * b).sqrt()).min(source.width().ceil().max(1.0));
    let height = size(target.height(), (c * c + d * d).sqrt()).min(source.height().ceil().max(1.0));
    let Some(pixmap) = images.scaled(image, source, width as u16, height as u16)? else { return Ok(None) };
    let onto = Affine::translate((target.x0, target.y0))
        * Affine::scale_non_uniform(target.width() / width, target.height() / height);
    Ok(Some(Placed {
        pixmap,
        transform: to_device * onto,
        edge: Outline::Path(to_device * outlines::rect(target)),
        quality: ImageQuality::Medium,
    }))
}
