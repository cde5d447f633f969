//! Colours and gradients as PDF paints. Pictures as paints are drawn as pictures (`pictures`), not here.

use handbill_template::resolved::Rgba;
use krilla::color::rgb;
use krilla::paint::{Fill, LineCap, LineJoin, SpreadMethod, Stop, Stroke, StrokeDash};
use kurbo::Affine;

use super::geometry::{self, fill_rule, share};
use crate::display::{
    ColorStop, FillRule, Focus, ImagePaint, LinearGradient, Paint, RadialGradient, Spread, TilePaint,
};

/// What a shape is painted with.
pub(super) enum Coat<'a> {
    Color(Color),
    Picture(&'a ImagePaint),
    Tiles(&'a TilePaint),
}

/// A paint that PDF knows itself.
pub(super) struct Color {
    paint: krilla::paint::Paint,
    alpha: krilla::num::NormalizedF32,
}

pub(super) fn coat(paint: &Paint) -> Coat<'_> {
    match paint {
        Paint::Solid(color) => Coat::Color(solid(*color)),
        Paint::Linear(gradient) => Coat::Color(linear(gradient)),
        Paint::Radial(gradient) => Coat::Color(radial(gradient)),
        Paint::Image(image) => Coat::Picture(image),
        Paint::Tiles(tiles) => Coat::Tiles(tiles),
    }
}

pub(super) fn solid(Rgba([r, g, b, a]): Rgba) -> Color {
    Color { paint: rgb::Color::new(r, g, b).into(), alpha: alpha(a) }
}

fn alpha(byte: u8) -> krilla::num::NormalizedF32 {
    share(f64::from(byte) / 255.0)
}

impl Color {
    pub(super) fn new(paint: impl Into<krilla::paint::Paint>, opacity: f64) -> Color {
        Color { paint: paint.into(), alpha: share(opacity) }
    }

    pub(super) fn fill(&self, rule: FillRule) -> Fill {
        Fill { paint: self.paint.clone(), opacity: self.alpha, rule: fill_rule(rule) }
    }

    /// None for a stroke without width, which PDF would draw as a hairline.
    pub(super) fn stroke(&self, stroke: &kurbo::Stroke) -> Option<Stroke> {
        let sound = stroke.width.is_finite() && stroke.width > 0.0;
        sound.then(|| Stroke {
            paint: self.paint.clone(),
            width: stroke.width as f32,
            miter_limit: stroke.miter_limit.max(1.0) as f32,
            line_cap: match stroke.start_cap {
                kurbo::Cap::Butt => LineCap::Butt,
                kurbo::Cap::Round => LineCap::Round,
                kurbo::Cap::Square => LineCap::Square,
            },
            line_join: match stroke.join {
                kurbo::Join::Miter => LineJoin::Miter,
                kurbo::Join::Round => LineJoin::Round,
                kurbo::Join::Bevel => LineJoin::Bevel,
            },
            opacity: self.alpha,
            dash: dash(stroke),
        })
    }
}

fn dash(stroke: &kurbo::Stroke) -> Option<StrokeDash> {
    let array: Vec<f32> = stroke.dash_pattern.iter().map(|&length| length.max(0.0) as f32).collect();
    // A pattern without length is refused by viewers.
    let drawable = array.iter().sum::<f32>() > 0.0;
    drawable.then_some(StrokeDash { array, offset: stroke.dash_offset as f32 })
}

fn linear(gradient: &LinearGradient) -> Color {
    let LinearGradient { from, to, stops, spread, transform } = gradient;
    if from == to {
        return last(stops);
    }
    graded(stops, |stops| {
        krilla::paint::LinearGradient {
            x1: from.x as f32,
            y1: from.y as f32,
            x2: to.x as f32,
            y2: to.y as f32,
            transform: geometry::transform(*transform),
            spread_method: match spread {
                Spread::Pad => SpreadMethod::Pad,
                Spread::Reflect => SpreadMethod::Reflect,
                Spread::Repeat => SpreadMethod::Repeat,
            },
            stops,
            anti_alias: false,
        }
        .into()
    })
}

/// A circle of radius 1 around the origin, and what makes it the ellipse.
fn radial(gradient: &RadialGradient) -> Color {
    let RadialGradient { center, radius, stops, focus, spread, transform } = gradient;
    if !(radius.x > 0.0 && radius.y > 0.0) {
        return last(stops);
    }
    let to_circle = Affine::translate(center.to_vec2()) * Affine::scale_non_uniform(radius.x, radius.y);
    let focus = focus.unwrap_or(Focus { center: *center, radius: 0.0 });
    let inner = Circle { center: to_circle.inverse() * focus.center, radius: focus.radius };
    let (outer, stops) = repeated(inner, stops, *spread);
    graded(&stops, |stops| {
        krilla::paint::RadialGradient {
            fx: inner.center.x as f32,
            fy: inner.center.y as f32,
            fr: inner.radius as f32,
            cx: outer.center.x as f32,
            cy: outer.center.y as f32,
            cr: outer.radius as f32,
            transform: geometry::transform(*transform * to_circle),
            spread_method: SpreadMethod::Pad,
            stops,
            anti_alias: false,
        }
        .into()
    })
}

#[derive(Clone, Copy)]
struct Circle {
    center: kurbo::Point,
    radius: f64,
}

/// The outer circle and the stops of a radial gradient whose outer circle is the unit circle. PDF cannot repeat one,
/// so it is written out as often as anybody sees.
fn repeated(inner: Circle, stops: &[ColorStop], spread: Spread) -> (Circle, Vec<ColorStop>) {
    const TIMES: u8 = 24;
    if spread == Spread::Pad {
        return (Circle { center: kurbo::Point::ORIGIN, radius: 1.0 }, stops.to_vec());
    }
    let times = f64::from(TIMES);
    let outer = Circle {
        center: inner.center - inner.center.to_vec2() * times,
        radius: inner.radius + (1.0 - inner.radius) * times,
    };
    let mut all = Vec::with_capacity(stops.len() * usize::from(TIMES));
    for turn in 0..TIMES {
        let back = spread == Spread::Reflect && turn % 2 == 1;
        let at = |at: f32| (f32::from(turn) + if back { 1.0 - at } else { at }) / f32::from(TIMES);
        let turned = stops.iter().map(|stop| ColorStop { at: at(stop.at), color: stop.color });
        if back { all.extend(turned.rev()) } else { all.extend(turned) }
    }
    (outer, all)
}

/// A gradient without length is its last colour, as in CSS.
fn last(stops: &[ColorStop]) -> Color {
    solid(stops.last().map_or(Rgba::TRANSPARENT, |stop| stop.color))
}

fn graded(stops: &[ColorStop], paint: impl FnOnce(Vec<Stop>) -> krilla::paint::Paint) -> Color {
    let stops = apart(stops);
    let [first, .., end] = stops.as_slice() else { return last(&stops) };
    if stops.iter().all(|stop| stop.color == first.color) {
        return solid(end.color);
    }
    let stops = stops.iter().map(|stop| {
        let Rgba([r, g, b, a]) = stop.color;
        Stop { offset: share(f64::from(stop.at)), color: rgb::Color::new(r, g, b).into(), opacity: alpha(a) }
    });
    Color { paint: paint(stops.collect()), alpha: krilla::num::NormalizedF32::ONE }
}

/// PDF wants each stop after the one before; two at one place make a sharp edge all the same.
fn apart(stops: &[ColorStop]) -> Vec<ColorStop> {
    const STEP: f32 = 1e-5;
    let mut out: Vec<ColorStop> = Vec::with_capacity(stops.len());
    for stop in stops {
        let before = out.last().map_or(-1.0, |before| before.at);
        out.push(ColorStop { at: stop.at.clamp(0.0, 1.0).max(before + STEP).max(0.0), color: stop.color });
    }
    let mut limit = 1.0;
    for stop in out.iter_mut().rev() {
        stop.at = stop.at.min(limit);
        limit = stop.at - STEP;
    }
    // With more stops than there are steps (never in practice) the first ones would leave the range.
    out.retain(|stop| stop.at >= 0.0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_at_one_place_are_moved_apart_and_stay_inside() {
        let stops =
            |at: &[f32]| -> Vec<ColorStop> { at.iter().map(|&at| ColorStop { at, color: Rgba::BLACK }).collect() };
        for at in [&[0.0, 0.5, 0.5, 1.0][..], &[0.0, 0.0, 1.0, 1.0], &[1.0, 1.0, 1.0], &[0.3, 0.2, 0.9], &[-1.0, 2.0]] {
            let moved = apart(&stops(at));
            assert_eq!(moved.len(), at.len());
            assert!(moved.windows(2).all(|pair| pair[0].at < pair[1].at), "{at:?}");
            assert!(moved.iter().all(|stop| (0.0..=1.0).contains(&stop.at)), "{at:?}");
            let furthest = moved.iter().zip(at).map(|(moved, at)| (moved.at - at.clamp(0.0, 1.0)).abs());
            assert!(at == [0.3, 0.2, 0.9] || furthest.fold(0.0, f32::max) < 1e-4, "{at:?}");
        }
    }
}
