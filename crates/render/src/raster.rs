//! A page of the display list → pixels.
//!
//! Nothing outside this module knows the drawing library (vello_cpu): a page goes in, a `Pixmap` comes out. Here too
//! is everything that is about device pixels: snapping of edges and baselines, whole pixels for QR modules, pictures
//! scaled to the size they are drawn at.
//!
//! ```text
//! canvas     items in order into one picture; knows nothing of what an item is made of
//!   fills, pictures, glyphs, modules, shadows, groups     one file per kind of item
//!   paints (colours, gradients, pictures), tiles, snap (device pixels), blur (Gaussian)
//! ```

mod blur;
mod canvas;
mod fills;
mod glyphs;
mod ground;
mod groups;
mod modules;
mod paints;
mod pictures;
mod shadows;
mod snap;
mod tiles;

use kurbo::Affine;

use crate::display::{DisplayPage, Item};
use crate::error::RenderError;
use crate::fonts::FontLibrary;
use crate::images::{ImageProblem, ImageStore};
use crate::pixmap::{MAX_SIDE, Pixmap};
use canvas::Canvas;

/// What stays warm between pages: outlines of glyphs, masks of shadows. One per worker.
#[derive(Debug, Default)]
pub struct RasterContext {
    resources: vello_cpu::Resources,
    shadows: shadows::ShadowCache,
}

impl RasterContext {
    pub fn new() -> Self {
        RasterContext::default()
    }
}

/// Draws a page as `width_px` × `height_px` device pixels, on a transparent ground.
pub fn draw(
    page: &DisplayPage,
    fonts: &FontLibrary,
    images: &ImageStore,
    context: &mut RasterContext,
    width_px: u32,
    height_px: u32,
) -> Result<Pixmap, RenderError> {
    let side = |pixels: u32| {
        u16::try_from(pixels).ok().filter(|&pixels| pixels > 0).ok_or_else(|| RenderError::LimitExceeded {
            what: "the picture's side in pixels".into(),
            actual: u64::from(pixels),
            limit: u64::from(MAX_SIDE),
        })
    };
    let (width, height) = (side(width_px)?, side(height_px)?);
    let to_device = Affine::scale_non_uniform(f64::from(width) / page.width, f64::from(height) / page.height);
    draw_items(&page.items, fonts, images, context, to_device, (width, height))
}

/// Draws items as a picture of `size` device pixels; `to_device` leads there from layout pixels of the page.
pub(crate) fn draw_items(
    items: &[Item],
    fonts: &FontLibrary,
    images: &ImageStore,
    context: &mut RasterContext,
    to_device: Affine,
    (width, height): (u16, u16),
) -> Result<Pixmap, RenderError> {
    let mut scene = Scene { fonts, images, context };
    let mut canvas = Canvas::new(width, height, to_device);
    let opaque = ground::is_opaque(&canvas, items);
    canvas.items(&mut scene, items)?;
    Ok(canvas.finish(&mut scene, opaque))
}

/// What drawing needs besides the canvas.
struct Scene<'a> {
    fonts: &'a FontLibrary,
    images: &'a ImageStore,
    context: &'a mut RasterContext,
}

/// A picture that could be read when the page was laid out, and now cannot.
fn lost_picture(problem: &ImageProblem) -> RenderError {
    RenderError::Output { what: "a picture on the page".into(), reason: format!("it {problem}") }
}
