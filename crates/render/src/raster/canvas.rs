//! Items in order into one picture. A canvas is the page, or the part of it that a group needs drawn apart.

use kurbo::{Affine, BezPath, Rect};
use vello_cpu::peniko::Fill;
use vello_cpu::{Level, PaintType, PixmapMut, RenderContext, RenderSettings};

use super::snap::{Snap, is_upright};
use super::{Scene, fills, glyphs, groups, modules, pictures, shadows};
use crate::display::{Clip, FillRule, Item, Shape};
use crate::error::RenderError;
use crate::outlines;
use crate::pixmap::Pixmap;

pub(super) struct Canvas {
    pub(super) cx: RenderContext,
    /// From layout pixels of the page to pixels of this canvas.
    pub(super) to_device: Affine,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl Canvas {
    pub(super) fn new(width: u16, height: u16, to_device: Affine) -> Self {
        let settings = RenderSettings { level: level(), num_threads: 0 };
        Canvas { cx: RenderContext::new_with(width, height, settings), to_device, width, height }
    }

    pub(super) fn area(&self) -> Rect {
        Rect::new(0.0, 0.0, f64::from(self.width), f64::from(self.height))
    }

    pub(super) fn items(&mut self, scene: &mut Scene<'_>, items: &[Item]) -> Result<(), RenderError> {
        items.iter().try_for_each(|item| self.item(scene, item))
    }

    fn item(&mut self, scene: &mut Scene<'_>, item: &Item) -> Result<(), RenderError> {
        match item {
            Item::Fill(fill) => fills::fill(self, scene, fill),
            Item::Stroke(stroke) => fills::stroke(self, scene, stroke),
            Item::Image(image) => pictures::image(self, scene, image),
            Item::Glyphs(run) => glyphs::run(self, scene, run),
            Item::Shadow(shadow) => {
                shadows::shadow(self, scene, shadow);
                Ok(())
            }
            Item::Modules(code) => {
                modules::code(self, code);
                Ok(())
            }
            Item::Group(group) => groups::group(self, scene, group),
        }
    }

    /// The pixels; `opaque` says that all of them are, whatever rounding made of them.
    pub(super) fn finish(mut self, scene: &mut Scene<'_>, opaque: bool) -> Pixmap {
        let mut data = vec![0; usize::from(self.width) * usize::from(self.height) * 4];
        self.cx.flush();
        if let Some(target) = PixmapMut::new(self.width, self.height, &mut data) {
            self.cx.render(target, &mut scene.context.resources);
        }
        if opaque {
            data.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
        }
        let opaque = opaque || data.chunks_exact(4).all(|pixel| pixel[3] == 255);
        Pixmap::from_premultiplied(data, self.width, self.height, opaque)
    }

    /// The outline of a shape in device pixels, snapped when `transform` (local to page) leaves it upright.
    pub(super) fn outline(&self, shape: &Shape, transform: Affine) -> Outline {
        let to_device = self.to_device * transform;
        if !is_upright(to_device) {
            return Outline::Path(to_device * outlines::path(shape));
        }
        match shape {
            Shape::Rect(rect) => Outline::Rect(to_device.snap(*rect)),
            Shape::RoundedRect(rounded) => Outline::Path(outlines::rounded(
                to_device.snap(rounded.rect()),
                outlines::device_radii(rounded.radii(), rounded.rect(), to_device),
            )),
            Shape::Ellipse(rect) => Outline::Path(outlines::ellipse(to_device.snap(*rect))),
            Shape::Path(path) => Outline::Path(to_device * path.clone()),
        }
    }

    /// Paints an outline in device pixels; `paint_transform` takes the paint's coordinates there.
    pub(super) fn paint(&mut self, outline: &Outline, rule: FillRule, paint: PaintType, paint_transform: Affine) {
        self.cx.reset_transform();
        self.cx.set_paint_transform(paint_transform);
        self.cx.set_paint(paint);
        self.cx.set_fill_rule(fill_rule(rule));
        match outline {
            Outline::Rect(rect) => self.cx.fill_rect(rect),
            Outline::Path(path) => self.cx.fill_path(path),
        }
    }

    /// Everything until `unclip` shows inside only.
    pub(super) fn clip(&mut self, clip: &Clip) {
        let outline = self.outline(&clip.shape, clip.transform);
        self.clip_to(&outline, clip.rule);
    }

    pub(super) fn clip_to(&mut self, outline: &Outline, rule: FillRule) {
        self.cx.reset_transform();
        self.cx.set_fill_rule(fill_rule(rule));
        match outline {
            Outline::Rect(rect) => self.cx.push_clip_rect(rect),
            Outline::Path(path) => self.cx.push_clip_path(path),
        }
    }

    pub(super) fn unclip(&mut self) {
        self.cx.pop_clip();
    }
}

/// A shape in device pixels; a rectangle stays one, because it is drawn faster.
#[derive(Debug, Clone)]
pub(super) enum Outline {
    Rect(Rect),
    Path(BezPath),
}

impl Outline {
    pub(super) fn to_path(&self) -> BezPath {
        match self {
            Outline::Rect(rect) => outlines::rect(*rect),
            Outline::Path(path) => path.clone(),
        }
    }
}

/// The best instructions that give the same pixels on every machine: not AVX2's, which fuse products and sums.
fn level() -> Level {
    #[cfg(target_arch = "x86_64")]
    if let Some(sse4_2) = Level::new().as_sse4_2() {
        return Level::Sse4_2(sse4_2);
    }
    Level::baseline()
}

fn fill_rule(rule: FillRule) -> Fill {
    match rule {
        FillRule::NonZero => Fill::NonZero,
        FillRule::EvenOdd => Fill::EvenOdd,
    }
}
