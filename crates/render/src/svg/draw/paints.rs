//! Colours, gradients and patterns.

use handbill_template::resolved::Rgba;
use kurbo::{Affine, Point, Rect, Vec2};
use usvg::{BaseGradient, SpreadMethod};

use super::super::DrawingProblem;
use super::Drawer;
use super::geometry::{affine, rect};
use crate::display::{ColorStop, Focus, LinearGradient, Paint, RadialGradient, Spread, TilePaint};

impl Drawer<'_> {
    /// None when nothing shows.
    pub(super) fn paint(
        &mut self,
        paint: &usvg::Paint,
        opacity: usvg::Opacity,
    ) -> Result<Option<Paint>, DrawingProblem> {
        let opacity = opacity.get();
        Ok(match paint {
            usvg::Paint::Color(color) => {
                let color = self.color(*color, opacity);
                (color.0[3] > 0).then_some(Paint::Solid(color))
            }
            usvg::Paint::LinearGradient(line) => Some(Paint::Linear(LinearGradient {
                from: point(line.x1(), line.y1()),
                to: point(line.x2(), line.y2()),
                stops: self.stops(line, opacity),
                spread: spread(line.spread_method()),
                transform: affine(line.transform()),
            })),
            usvg::Paint::RadialGradient(circle) => Some(self.radial(circle, opacity)),
            usvg::Paint::Pattern(pattern) => self.pattern(pattern, opacity)?,
        })
    }

    /// A colour, or what the template replaces it with, made fainter.
    pub(super) fn color(&self, usvg::Color { red, green, blue }: usvg::Color, opacity: f32) -> Rgba {
        let own = [red, green, blue];
        let replaced = self.colors.iter().find(|(from, _)| from.0[..3] == own).map(|(_, to)| *to);
        let Rgba([r, g, b, a]) = replaced.unwrap_or(Rgba([red, green, blue, 255]));
        Rgba([r, g, b, (f32::from(a) * opacity).round() as u8])
    }

    fn stops(&self, gradient: &BaseGradient, opacity: f32) -> Vec<ColorStop> {
        let stop = |stop: &usvg::Stop| ColorStop {
            at: stop.offset().get(),
            color: self.color(stop.color(), stop.opacity().get() * opacity),
        };
        gradient.stops().iter().map(stop).collect()
    }

    fn radial(&self, circle: &usvg::RadialGradient, opacity: f32) -> Paint {
        let center = point(circle.cx(), circle.cy());
        let focus = point(circle.fx(), circle.fy());
        let (radius, inner) = (f64::from(circle.r().get()), f64::from(circle.fr().get()));
        let focus = (focus != center || inner > 0.0)
            .then(|| Focus { center: within(focus, center, radius - inner), radius: inner / radius });
        Paint::Radial(RadialGradient {
            center,
            radius: Vec2::new(radius, radius),
            stops: self.stops(circle, opacity),
            focus,
            spread: spread(circle.spread_method()),
            transform: affine(circle.transform()),
        })
    }

    fn pattern(&mut self, pattern: &usvg::Pattern, opacity: f32) -> Result<Option<Paint>, DrawingProblem> {
        let items = self.group(pattern.root(), Affine::IDENTITY)?;
        // What is in a tile counts from the tile's corner.
        let place = rect(pattern.rect());
        Ok((!items.is_empty()).then(|| {
            Paint::Tiles(TilePaint {
                items: items.into(),
                tile: Rect::from_origin_size(Point::ORIGIN, place.size()),
                opacity: f64::from(opacity),
                transform: affine(pattern.transform()) * Affine::translate(place.origin().to_vec2()),
            })
        }))
    }
}

fn point(x: f32, y: f32) -> Point {
    Point::new(f64::from(x), f64::from(y))
}

/// A focus outside its circle moves to the edge, and a little inside, where outputs agree.
fn within(focus: Point, center: Point, reach: f64) -> Point {
    let reach = reach.max(0.0) * 0.999;
    let from = focus - center;
    let distance = from.hypot();
    if distance > reach { center + from * (reach / distance) } else { focus }
}

fn spread(method: SpreadMethod) -> Spread {
    match method {
        SpreadMethod::Pad => Spread::Pad,
        SpreadMethod::Reflect => Spread::Reflect,
        SpreadMethod::Repeat => Spread::Repeat,
    }
}
