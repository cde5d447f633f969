//! Colours and gradients as PDF paints. Pictures as paints are drawn as pictures (`pictures`), not here.

use handbill_template::resolved::Rgba;
use krilla::color::rgb;
use krilla::paint::{Fill, LineCap, LineJoin, SpreadMethod, Stop, Stroke, StrokeDash};

use super::geometry::{fill_rule, share};
use crate::display::{ColorStop, FillRule, ImagePaint, LinearGradient, Paint, RadialGradient};

/// What a shape is painted with.
pub(super) enum Coat<'a> {
    Color(Color),
    Picture(&'a ImagePaint),
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
    }
}

pub(super) fn solid(Rgba([r, g, b, a]): Rgba) -> Color {
    Color { paint: rgb::Color::new(r, g, b).into(), alpha: alpha(a) }
}

fn alpha(byte: u8) -> krilla::num::NormalizedF32 {
    share(f64::from(byte) / 255.0)
}

impl Color {
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
    let LinearGradient { from, to, stops } = gradient;
    if from == to {
        return last(stops);
    }
    graded(stops, |stops| {
        krilla::paint::LinearGradient {
            x1: from.x as f32,
            y1: from.y as f32,
            x2: to.x as f32,
            y2: to.y as f32,
            transform: krilla::geom::Transform::identity(),
            spread_method: SpreadMethod::Pad,
            stops,
            anti_alias: false,
        }
        .into()
    })
}

/// A circle of radius 1 around the origin, and what makes it the ellipse.
fn radial(gradient: &RadialGradient) -> Color {
    let RadialGradient { center, radius, stops } = gradient;
    let (rx, ry) = (radius.x as f32, radius.y as f32);
    if !(rx > 0.0 && ry > 0.0) {
        return last(stops);
    }
    graded(stops, |stops| {
        krilla::paint::RadialGradient {
            fx: 0.0,
            fy: 0.0,
            fr: 0.0,
            cx: 0.0,
            cy: 0.0,
            cr: 1.0,
            transform: krilla::geom::Transform::from_row(rx, 0.0, 0.0, ry, center.x as f32, center.y as f32),
            spread_method: SpreadMethod::Pad,
            stops,
            anti_alias: false,
        }
        .into()
    })
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
