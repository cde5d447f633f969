//! Colours, gradients and pictures as the drawing library's paints.

use kurbo::{Affine, Point, Rect, Size, Vec2};
use vello_cpu::color::{AlphaColor, DynamicColor, Srgb};
use vello_cpu::peniko::{
    ColorStop, Extend, Gradient, GradientKind, ImageQuality, ImageSampler, InterpolationAlphaSpace,
    LinearGradientPosition, RadialGradientPosition,
};
use vello_cpu::{Image, ImageSource, PaintType};

use super::canvas::{Canvas, Outline};
use super::{Scene, lost_picture, pictures, tiles};
use crate::display::{ColorStop as Stop, FillRule, Focus, ImagePaint, LinearGradient, Paint, RadialGradient, Spread};
use crate::error::RenderError;
use crate::pixmap::Pixmap;
use handbill_template::resolved::Rgba;

/// A paint for geometry in device pixels.
pub(super) struct DevicePaint {
    pub(super) paint: PaintType,
    /// From the paint's coordinates to device pixels.
    pub(super) transform: Affine,
    /// The paint ends here.
    pub(super) clip: Option<Outline>,
}

impl DevicePaint {
    /// Runs `draw` with the paint in force, inside its bounds.
    pub(super) fn apply(self, canvas: &mut Canvas, draw: impl FnOnce(&mut Canvas, PaintType, Affine)) {
        let clipped = self.clip.is_some();
        if let Some(clip) = &self.clip {
            canvas.clip_to(clip, FillRule::NonZero);
        }
        draw(canvas, self.paint, self.transform);
        if clipped {
            canvas.unclip();
        }
    }
}

/// `transform` is from local coordinates to the page. None: nothing shows.
pub(super) fn device(
    canvas: &Canvas,
    scene: &mut Scene<'_>,
    paint: &Paint,
    transform: Affine,
) -> Result<Option<DevicePaint>, RenderError> {
    let to_device = canvas.to_device * transform;
    let plain = |paint: PaintType, transform: Affine| Some(DevicePaint { paint, transform, clip: None });
    Ok(match paint {
        Paint::Solid(color) => plain(solid(*color), Affine::IDENTITY),
        Paint::Linear(linear) => plain(self::linear(linear), to_device * linear.transform),
        Paint::Radial(radial) => {
            let (paint, shape) = self::radial(radial);
            plain(paint, to_device * radial.transform * shape)
        }
        Paint::Image(image) => self::image(canvas, scene, image, transform)?,
        Paint::Tiles(tiles) => self::tiles::paint(scene, tiles, to_device)?,
    })
}

pub(super) fn color(Rgba([r, g, b, a]): Rgba) -> AlphaColor<Srgb> {
    AlphaColor::from_rgba8(r, g, b, a)
}

pub(super) fn solid(rgba: Rgba) -> PaintType {
    color(rgba).into()
}

fn linear(gradient: &LinearGradient) -> PaintType {
    if gradient.from == gradient.to {
        return last(&gradient.stops);
    }
    let position = LinearGradientPosition { start: gradient.from, end: gradient.to };
    self::gradient(GradientKind::Linear(position), &gradient.stops, gradient.spread)
}

/// A circle of radius 1 around the origin, and what makes it the ellipse.
fn radial(gradient: &RadialGradient) -> (PaintType, Affine) {
    if gradient.radius.x <= 0.0 || gradient.radius.y <= 0.0 {
        return (last(&gradient.stops), Affine::IDENTITY);
    }
    let Vec2 { x, y } = gradient.radius;
    let focus = gradient.focus.unwrap_or(Focus { center: gradient.center, radius: 0.0 });
    let from = focus.center - gradient.center;
    let position =
        RadialGradientPosition::new_two_point((from.x / x, from.y / y), focus.radius as f32, Point::ORIGIN, 1.0);
    let shape = Affine::translate(gradient.center.to_vec2()) * Affine::scale_non_uniform(x, y);
    (self::gradient(GradientKind::Radial(position), &gradient.stops, gradient.spread), shape)
}

/// A gradient without length is its last colour, as in CSS.
fn last(stops: &[Stop]) -> PaintType {
    solid(stops.last().map_or(Rgba::TRANSPARENT, |stop| stop.color))
}

fn gradient(kind: GradientKind, stops: &[Stop], spread: Spread) -> PaintType {
    let mut previous = 0.0f32;
    let stops: Vec<ColorStop> = stops
        .iter()
        .map(|stop| {
            // The library takes stops that go back for a fault; CSS moves them up.
            previous = stop.at.clamp(previous, 1.0);
            ColorStop { offset: previous, color: DynamicColor::from_alpha_color(color(stop.color)) }
        })
        .collect();
    if stops.is_empty() {
        return solid(Rgba::TRANSPARENT);
    }
    let mut gradient = Gradient {
        kind,
        extend: match spread {
            Spread::Pad => Extend::Pad,
            Spread::Reflect => Extend::Reflect,
            Spread::Repeat => Extend::Repeat,
        },
        interpolation_alpha_space: InterpolationAlphaSpace::Unpremultiplied,
        ..Gradient::default()
    };
    gradient.stops.0 = stops.into_iter().collect();
    gradient.into()
}

fn image(
    canvas: &Canvas,
    scene: &mut Scene<'_>,
    image: &ImagePaint,
    transform: Affine,
) -> Result<Option<DevicePaint>, RenderError> {
    let placed = pictures::place(canvas, scene.images, image.image, image.source, image.target, transform);
    Ok(placed.map_err(|problem| lost_picture(&problem))?.map(|placed| DevicePaint {
        paint: pixels(&placed.pixmap, image.opacity, placed.quality),
        transform: placed.transform,
        clip: Some(placed.edge),
    }))
}

/// A picture of pixels; its own coordinates are its pixels, top left at the origin.
pub(super) fn pixels(pixmap: &Pixmap, opacity: f64, quality: ImageQuality) -> PaintType {
    let sampler =
        ImageSampler { x_extend: Extend::Pad, y_extend: Extend::Pad, quality, alpha: opacity.clamp(0.0, 1.0) as f32 };
    Image { image: ImageSource::Pixmap(pixmap.shared()), sampler }.into()
}

/// Draws a picture of pixels with its top left at a whole device pixel.
pub(super) fn blit(canvas: &mut Canvas, pixmap: &Pixmap, origin: Point) {
    let size = Size::new(f64::from(pixmap.width()), f64::from(pixmap.height()));
    let area = Outline::Rect(Rect::from_origin_size(origin, size));
    let paint = pixels(pixmap, 1.0, ImageQuality::Low);
    canvas.paint(&area, FillRule::NonZero, paint, Affine::translate(origin.to_vec2()));
}
