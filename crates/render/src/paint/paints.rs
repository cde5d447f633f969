//! The document's paints as the display list's, over a box.

use handbill_template::resolved::{self, Color, ImageFit, Rgba};
use kurbo::{Point, Rect, Vec2};

use super::fitting::{self, Fitted};
use super::{Painter, Site};
use crate::display::{ColorStop, FillItem, FillRule, ImagePaint, Item, LinearGradient, Paint, RadialGradient, Shape};

impl Painter<'_> {
    /// One item per paint that shows anything, lowest first.
    pub(super) fn fill(
        &mut self,
        paints: &[resolved::Paint],
        shape: &Shape,
        rule: FillRule,
        site: Site<'_>,
    ) -> Vec<Item> {
        let mut items = Vec::new();
        for paint in paints {
            if let Some(paint) = self.paint(paint, site.area(), site) {
                items.push(Item::Fill(FillItem { shape: shape.clone(), rule, paint, transform: site.transform }));
            }
        }
        items
    }

    /// A paint over `area`. None when it draws nothing: transparent, or a picture that is not there (which is reported).
    pub(super) fn paint(&mut self, paint: &resolved::Paint, area: Rect, site: Site<'_>) -> Option<Paint> {
        match paint {
            resolved::Paint::Solid(color) => visible(self.color(color)),
            resolved::Paint::Contrast { on, light, dark } => visible(self.contrast(on, light, dark)),
            resolved::Paint::Linear { angle, stops } => {
                let (from, to) = css_line(area, *angle);
                Some(Paint::Linear(LinearGradient::new(from, to, self.stops(stops))))
            }
            resolved::Paint::Radial { cx, cy, r, stops } => {
                let center = Point::new(area.x0 + cx * area.width(), area.y0 + cy * area.height());
                let radius = Vec2::new(r * area.width(), r * area.height());
                Some(Paint::Radial(RadialGradient::new(center, radius, self.stops(stops))))
            }
            resolved::Paint::Image { src, fit, focus, opacity } => {
                let image = match self.images.get(src) {
                    Ok(image) => image,
                    Err(problem) => {
                        self.warn_failed(src, &problem.to_string(), site.id);
                        return None;
                    }
                };
                let fitted = self.fit_picture(image, None, area, *fit, *focus)?;
                self.warn_upscaled(image, &fitted, None, site);
                let Fitted { source, target } = fitted;
                Some(Paint::Image(ImagePaint { image, source, target, opacity: *opacity }))
            }
        }
    }

    fn stops(&self, stops: &[resolved::Stop]) -> Vec<ColorStop> {
        let mut least = 0.0;
        let mut found = Vec::with_capacity(stops.len());
        for stop in stops {
            // As in CSS, a stop before its predecessor moves up to it.
            least = f64::max(least, stop.at.clamp(0.0, 1.0));
            found.push(ColorStop { at: least as f32, color: self.color(&stop.color) });
        }
        found
    }

    /// Whether nothing shows through: some paint covers everything with opaque colour.
    pub(super) fn is_opaque(&self, paints: &[resolved::Paint]) -> bool {
        let opaque = |color: &Color| self.color(color).0[3] == 255;
        paints.iter().any(|paint| match paint {
            resolved::Paint::Solid(color) => opaque(color),
            resolved::Paint::Contrast { on, light, dark } => self.contrast(on, light, dark).0[3] == 255,
            resolved::Paint::Linear { stops, .. } | resolved::Paint::Radial { stops, .. } => {
                stops.iter().all(|stop| opaque(&stop.color))
            }
            resolved::Paint::Image { src, fit, opacity, .. } => {
                let covers = matches!(fit, ImageFit::Cover | ImageFit::Fill) && *opacity >= 1.0;
                covers && self.images.get(src).is_ok_and(|image| fitting::is_opaque(self.images, image))
            }
        })
    }
}

fn visible(color: Rgba) -> Option<Paint> {
    (color.0[3] > 0).then_some(Paint::Solid(color))
}

/// The gradient line of a CSS angle: through the centre, as long as it takes for the corners to get the end colours.
fn css_line(area: Rect, angle: f64) -> (Point, Point) {
    let (sin, cos) = sin_cos_degrees(angle);
    let half = (area.width() * sin.abs() + area.height() * cos.abs()) / 2.0;
    let toward = Vec2::new(sin, -cos) * half;
    (area.center() - toward, area.center() + toward)
}

/// Exact at multiples of 90°.
pub(crate) fn sin_cos_degrees(angle: f64) -> (f64, f64) {
    let angle = angle.rem_euclid(360.0);
    let quarters = [(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0)];
    if angle % 90.0 == 0.0 {
        return quarters[(angle / 90.0) as usize % 4];
    }
    libm::sincos(angle.to_radians())
}

#[cfg(test)]
mod tests {
    use super::css_line;
    use kurbo::{Point, Rect};

    #[test]
    fn gradient_lines_are_css_ones() {
        let area = Rect::new(10.0, 20.0, 110.0, 70.0);
        let cases = [
            (0.0, (60.0, 70.0), (60.0, 20.0)),
            (90.0, (10.0, 45.0), (110.0, 45.0)),
            (180.0, (60.0, 20.0), (60.0, 70.0)),
            (-90.0, (110.0, 45.0), (10.0, 45.0)),
            // 45°: half the sum of the sides over √2 from the centre, along both axes half of it
            (45.0, (22.5, 82.5), (97.5, 7.5)),
        ];
        for (angle, from, to) in cases {
            let (start, end) = css_line(area, angle);
            let near = |one: Point, other: (f64, f64)| one.distance(other.into()) < 1e-9;
            assert!(near(start, from) && near(end, to), "{angle}: {start:?} {end:?}");
        }
    }
}
