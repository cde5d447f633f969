//! Items drawn together: clipped; on a layer for opacity and blend modes; in a picture of their own for masks, blurs
//! and silhouettes. Order: items, clip, mask, blur, tint, then opacity and blend onto what is beneath.

use handbill_template::resolved::{Blend, Rgba};
use kurbo::{Affine, Rect};
use vello_cpu::peniko::{BlendMode, Compose, Mix};

use super::blur::{Plane, reach};

use super::canvas::Canvas;
use super::{Scene, paints};
use crate::bounds::{self, scale};
use crate::display::{Group, Mask};
use crate::error::RenderError;
use crate::pixmap::{Pixmap, div255};

pub(super) fn group(canvas: &mut Canvas, scene: &mut Scene<'_>, group: &Group) -> Result<(), RenderError> {
    if group.items.is_empty() || group.opacity <= 0.0 {
        return Ok(());
    }
    if group.mask.is_some() || group.blur > 0.0 || group.tint.is_some() {
        let Some((pixmap, x, y)) = apart(canvas, scene, group)? else { return Ok(()) };
        return layered(canvas, group, |canvas| {
            paints::blit(canvas, &pixmap, x, y);
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
    if group.opacity >= 1.0 && group.blend == Blend::Normal {
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

/// The group as a picture, and where its top left goes. None: nothing of it shows.
fn apart(canvas: &Canvas, scene: &mut Scene<'_>, group: &Group) -> Result<Option<(Pixmap, f64, f64)>, RenderError> {
    let sigma = group.blur * scale(canvas.to_device);
    let Some(region) = region(canvas, group, sigma) else { return Ok(None) };
    let (width, height) = (region.width() as u16, region.height() as u16);
    let to_region = Affine::translate((-region.x0, -region.y0)) * canvas.to_device;
    let mut own = Canvas::new(width, height, to_region);
    clipped(&mut own, scene, group)?;
    let mut pixmap = own.finish(scene, false);
    if let Some(mask) = &group.mask {
        pixmap = masked(&pixmap, mask, Canvas::new(width, height, to_region), scene)?;
    }
    if sigma > 0.0 {
        pixmap = blurred(&pixmap, sigma);
    }
    if let Some(color) = group.tint {
        pixmap = tinted(&pixmap, color);
    }
    Ok(Some((pixmap, region.x0, region.y0)))
}

/// Whole pixels around what the group draws on the canvas, and around it as far as a blur brings in.
fn region(canvas: &Canvas, group: &Group, sigma: f64) -> Option<Rect> {
    // More than a canvas's own size beside it, only the widest blurs would tell.
    let around = (reach(sigma) as f64).min(canvas.area().width().max(canvas.area().height()));
    let drawn = bounds::group(group, canvas.to_device).expand();
    let region = bounds::overlap(drawn, canvas.area().inflate(around, around));
    (!region.is_zero_area() && region.width() <= 65_535.0 && region.height() <= 65_535.0).then_some(region)
}

/// `canvas` is of the picture's size and place.
fn masked(pixmap: &Pixmap, mask: &Mask, mut canvas: Canvas, scene: &mut Scene<'_>) -> Result<Pixmap, RenderError> {
    canvas.items(scene, &mask.items)?;
    let shape = canvas.finish(scene, false);
    let data = pixmap.data().chunks_exact(4).zip(shape.data().chunks_exact(4)).flat_map(|(pixel, mask_pixel)| {
        let amount = if mask.luminance { luminance(mask_pixel) } else { u32::from(mask_pixel[3]) };
        [0, 1, 2, 3].map(|n| div255(u32::from(pixel[n]) * amount))
    });
    Ok(like(pixmap, data.collect()))
}

/// Of a premultiplied pixel, so that alpha counts; Rec. 709's weights in 65,536ths.
fn luminance(pixel: &[u8]) -> u32 {
    let [r, g, b] = [0, 1, 2].map(|n| u32::from(pixel[n]));
    (13_933 * r + 46_871 * g + 4_732 * b + 32_768) >> 16
}

fn blurred(pixmap: &Pixmap, sigma: f64) -> Pixmap {
    let (width, height) = (pixmap.width() as usize, pixmap.height() as usize);
    let data = pixmap.data().chunks_exact(4).map(|pixel| [0, 1, 2, 3].map(|n| f32::from(pixel[n]))).collect();
    let plane = Plane::<4> { width, height, data }.blur(sigma);
    let level = |value: f32| (value + 0.5).clamp(0.0, 255.0) as u8;
    like(pixmap, plane.data.iter().flat_map(|pixel| pixel.map(level)).collect())
}

fn tinted(pixmap: &Pixmap, color: Rgba) -> Pixmap {
    let Rgba([r, g, b, a]) = color;
    let premultiplied = [r, g, b, 255].map(|channel| u32::from(div255(u32::from(channel) * u32::from(a))));
    let data = pixmap.data().chunks_exact(4);
    like(pixmap, data.flat_map(|pixel| premultiplied.map(|channel| div255(channel * u32::from(pixel[3])))).collect())
}

fn like(pixmap: &Pixmap, data: Vec<u8>) -> Pixmap {
    Pixmap::from_premultiplied(data, pixmap.width() as u16, pixmap.height() as u16, false)
}
