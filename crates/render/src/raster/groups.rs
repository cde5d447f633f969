//! Items drawn together: clipped; on a layer for opacity and blend modes; in a picture of their own for masks, blurs
//! and silhouettes. Order: items, clip, mask, blur, tint, then opacity and blend onto what is beneath.

use handbill_template::resolved::Blend;
use kurbo::{Affine, Point, Rect};
use vello_cpu::peniko::{BlendMode, Compose, Mix};

use super::blur::{Between, Plane, coarseness, level, reach};
use super::canvas::Canvas;
use super::{Scene, paints, shadows};
use crate::bounds::{self, scale};
use crate::display::{Group, Mask};
use crate::error::RenderError;
use crate::pixmap::{MAX_SIDE, Pixmap, div255};

pub(super) fn group(canvas: &mut Canvas, scene: &mut Scene<'_>, group: &Group) -> Result<(), RenderError> {
    if group.items.is_empty() || group.opacity <= 0.0 {
        return Ok(());
    }
    if group.mask.is_some() || group.blur > 0.0 || group.tint.is_some() {
        let Some((pixmap, origin)) = apart(canvas, scene, group)? else { return Ok(()) };
        return layered(canvas, group, |canvas| {
            paints::blit(canvas, &pixmap, origin);
            Ok(())
        });
    }
    layered(canvas, group, |canvas| clipped(canvas, scene, group))
}

/// Draws on a layer if opacity or blend mode need one.
fn layered(
    canvas: &mut Canvas,
    group: &Group,
    draw: impl FnOnce(&mut Canvas) -> Result<(), RenderError>,
) -> Result<(), RenderError> {
    if group.opacity >= 1.0 && group.blend == Blend::Normal && !group.isolated {
        return draw(canvas);
    }
    canvas.cx.reset_transform();
    let opacity = (group.opacity < 1.0).then_some(group.opacity as f32);
    canvas.cx.push_layer(None, Some(blend(group.blend)), opacity, None, None);
    let drawn = draw(canvas);
    canvas.cx.pop_layer();
    drawn
}

fn clipped(canvas: &mut Canvas, scene: &mut Scene<'_>, group: &Group) -> Result<(), RenderError> {
    if let Some(clip) = &group.clip {
        canvas.clip(clip);
    }
    canvas.items(scene, &group.items)?;
    if group.clip.is_some() {
        canvas.unclip();
    }
    Ok(())
}

fn blend(blend: Blend) -> BlendMode {
    let mix = match blend {
        Blend::Normal => Mix::Normal,
        Blend::Multiply => Mix::Multiply,
        Blend::Screen => Mix::Screen,
        Blend::Overlay => Mix::Overlay,
        Blend::Darken => Mix::Darken,
        Blend::Lighten => Mix::Lighten,
        Blend::ColorDodge => Mix::ColorDodge,
        Blend::ColorBurn => Mix::ColorBurn,
        Blend::HardLight => Mix::HardLight,
        Blend::SoftLight => Mix::SoftLight,
        Blend::Difference => Mix::Difference,
        Blend::Exclusion => Mix::Exclusion,
        Blend::Hue => Mix::Hue,
        Blend::Saturation => Mix::Saturation,
        Blend::Color => Mix::Color,
        Blend::Luminosity => Mix::Luminosity,
    };
    BlendMode::new(mix, Compose::SrcOver)
}

/// The group as a picture of its own, and where its top left goes. None: nothing of it shows.
fn apart(canvas: &Canvas, scene: &mut Scene<'_>, group: &Group) -> Result<Option<(Pixmap, Point)>, RenderError> {
    let sigma = group.blur * scale(canvas.to_device);
    // A very soft group is drawn small, for time and for memory.
    let factor = coarseness(sigma, 32.0) as f64;
    let to_coarse = Affine::scale(1.0 / factor);
    let sigma = sigma / factor;
    let around = reach(sigma) as f64;
    let visible = to_coarse.transform_rect_bbox(canvas.area()).expand().inflate(around, around);
    let region = bounds::overlap(bounds::group(group, to_coarse * canvas.to_device).expand(), visible);
    let largest = f64::from(MAX_SIDE);
    if region.is_zero_area() || region.width() > largest || region.height() > largest {
        return Ok(None);
    }
    let size = (region.width() as u16, region.height() as u16);
    let to_region = Affine::translate((-region.x0, -region.y0)) * to_coarse * canvas.to_device;
    let pixmap = masked_items(scene, group, size, to_region)?;
    let region = to_coarse.inverse().transform_rect_bbox(region);
    let shown = bounds::overlap(region, canvas.area());
    if shown.is_zero_area() {
        return Ok(None);
    }
    let window = Window { from: region.origin(), shown, factor };
    Ok(Some(match group.tint {
        Some(color) => (shadows::silhouette(&window.blur(&pixmap, 3, sigma), color), shown.origin()),
        None if sigma > 0.0 => (blurred(&pixmap, &window, sigma), shown.origin()),
        None => (pixmap, region.origin()),
    }))
}

/// What is to be seen of a picture that was drawn small: it begins at `from`, in pixels of the canvas.
struct Window {
    from: Point,
    shown: Rect,
    factor: f64,
}

impl Window {
    /// One of the four numbers of each pixel, blurred and enlarged.
    fn blur(&self, pixmap: &Pixmap, channel: usize, sigma: f64) -> Plane {
        let data = pixmap.data().chunks_exact(4).map(|pixel| f32::from(pixel[channel])).collect();
        let plane = Plane { width: pixmap.width() as usize, height: pixmap.height() as usize, data };
        let plane = if sigma > 0.0 { plane.blur(sigma) } else { plane };
        let along = |from: f64, to: f64, origin: f64, size: usize| -> Vec<Between> {
            let pixels = from as usize..to as usize;
            pixels.map(|at| Between::new((at as f64 + 0.5 - origin) / self.factor, size)).collect()
        };
        let columns = along(self.shown.x0, self.shown.x1, self.from.x, plane.width);
        let rows = along(self.shown.y0, self.shown.y1, self.from.y, plane.height);
        plane.sample(&columns, &rows)
    }
}

/// The group's items, clipped and masked.
fn masked_items(
    scene: &mut Scene<'_>,
    group: &Group,
    (width, height): (u16, u16),
    to_device: Affine,
) -> Result<Pixmap, RenderError> {
    let mut own = Canvas::new(width, height, to_device);
    clipped(&mut own, scene, group)?;
    let pixmap = own.finish(scene, false);
    match &group.mask {
        Some(mask) => masked(&pixmap, mask, Canvas::new(width, height, to_device), scene),
        None => Ok(pixmap),
    }
}

/// `canvas` is of the picture's size and place.
fn masked(pixmap: &Pixmap, mask: &Mask, mut canvas: Canvas, scene: &mut Scene<'_>) -> Result<Pixmap, RenderError> {
    canvas.items(scene, &mask.items)?;
    let shape = canvas.finish(scene, false);
    let data = pixmap.data().chunks_exact(4).zip(shape.data().chunks_exact(4)).flat_map(|(pixel, mask_pixel)| {
        let amount = if mask.luminance { luminance(mask_pixel) } else { u32::from(mask_pixel[3]) };
        [0, 1, 2, 3].map(|n| div255(u32::from(pixel[n]) * amount))
    });
    Ok(Pixmap::from_premultiplied(data.collect(), pixmap.width() as u16, pixmap.height() as u16, false))
}

/// Of a premultiplied pixel, so that alpha counts; Rec. 709's weights in 65,536ths.
fn luminance(pixel: &[u8]) -> u32 {
    let [r, g, b] = [0, 1, 2].map(|n| u32::from(pixel[n]));
    (13_933 * r + 46_871 * g + 4_732 * b + 32_768) >> 16
}

fn blurred(pixmap: &Pixmap, window: &Window, sigma: f64) -> Pixmap {
    let (width, height) = (window.shown.width() as usize, window.shown.height() as usize);
    let mut data = vec![0; width * height * 4];
    // One after the other: a plane takes as much memory as the whole picture.
    for channel in 0..4 {
        let blurred = window.blur(pixmap, channel, sigma);
        data.chunks_exact_mut(4).zip(&blurred.data).for_each(|(pixel, value)| pixel[channel] = level(*value));
    }
    Pixmap::from_premultiplied(data, width as u16, height as u16, false)
}
