//! A picture in a box: which part of it shows, and where. As CSS `object-fit`, with a focus that stays in view.

use handbill_template::resolved::{Focus, ImageFit};
use kurbo::{Point, Rect};

use super::Painter;
use crate::images::{ImageFormat, ImageId, ImageStore};

/// The part of a picture that shows, and the part of the box it fills.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fitted {
    /// Pixels of the upright picture.
    pub source: Rect,
    /// Layout pixels.
    pub target: Rect,
}

impl Painter<'_> {
    /// None when nothing shows.
    pub(super) fn fit_picture(
        &self,
        image: ImageId,
        crop: Option<[f64; 4]>,
        area: Rect,
        fit: ImageFit,
        focus: Focus,
    ) -> Option<Fitted> {
        let source = cropped(self.images, image, crop);
        let focus = match focus {
            Focus::Center => Point::new(0.5, 0.5),
            Focus::Point(x, y) => Point::new(x, y),
            Focus::Auto => self.auto_focus(image, source, area),
        };
        fit_rect(source, area, fit, focus)
    }

    /// The middle of the window that has most to see.
    fn auto_focus(&self, image: ImageId, source: Rect, area: Rect) -> Point {
        let center = Point::new(0.5, 0.5);
        if source.is_zero_area() || area.is_zero_area() {
            return center;
        }
        let Ok(window) = self.images.focus(image, source, area.width() / area.height()) else { return center };
        let middle = window.center() - source.origin();
        Point::new(middle.x / source.width(), middle.y / source.height())
    }
}

/// The part of a picture that its crop leaves.
pub(super) fn cropped(images: &ImageStore, image: ImageId, crop: Option<[f64; 4]>) -> Rect {
    let (width, height) = images.size(image);
    cut(Rect::new(0.0, 0.0, f64::from(width), f64::from(height)), crop)
}

/// The part of a whole (its top left at the origin) that a crop in fractions leaves.
pub(super) fn cut(whole: Rect, crop: Option<[f64; 4]>) -> Rect {
    let Some([x, y, w, h]) = crop else { return whole };
    let cut = Rect::new(x * whole.x1, y * whole.y1, (x + w) * whole.x1, (y + h) * whole.y1);
    cut.intersect(whole)
}

/// `focus`: the point of the source, in fractions, that is brought as near to the middle of the box as the source's
/// edges allow.
pub(super) fn fit_rect(source: Rect, area: Rect, fit: ImageFit, focus: Point) -> Option<Fitted> {
    let (from, to) = (source.size(), area.size());
    if from.is_zero_area() || to.is_zero_area() || source.width() <= 0.0 || source.height() <= 0.0 {
        return None;
    }
    let (across, down) = (to.width / from.width, to.height / from.height);
    let scale = match fit {
        ImageFit::Fill => return Some(Fitted { source, target: area }),
        ImageFit::Cover => across.max(down),
        ImageFit::Contain => across.min(down),
        ImageFit::None => 1.0,
        ImageFit::ScaleDown => across.min(down).min(1.0),
    };
    let (x, x_target) = fit_axis((source.x0, from.width), (area.x0, to.width), scale, focus.x);
    let (y, y_target) = fit_axis((source.y0, from.height), (area.y0, to.height), scale, focus.y);
    Some(Fitted {
        source: Rect::new(x.0, y.0, x.1, y.1),
        target: Rect::new(x_target.0, y_target.0, x_target.1, y_target.1),
    })
}

type Interval = (f64, f64);

/// Along one axis: a picture larger than its box is cut around the focus, a smaller one stands in the middle.
fn fit_axis(
    (start, length): Interval,
    (box_start, box_length): Interval,
    scale: f64,
    focus: f64,
) -> (Interval, Interval) {
    let drawn = length * scale;
    if drawn <= box_length {
        let before = (box_length - drawn) / 2.0;
        return ((start, start + length), (box_start + before, box_start + before + drawn));
    }
    let window = box_length / scale;
    let from = (focus * length - window / 2.0).clamp(0.0, (length - window).max(0.0));
    ((start + from, start + from + window), (box_start, box_start + box_length))
}

/// Whether no pixel of a picture lets anything through.
pub(super) fn is_opaque(images: &ImageStore, image: ImageId) -> bool {
    images.info(image).is_ok_and(|info| info.format == ImageFormat::Jpeg)
        || images.pixels(image).is_ok_and(|pixels| pixels.opaque())
}

#[cfg(test)]
mod tests {
    use super::fit_rect;
    use handbill_template::resolved::ImageFit::{self, Contain, Cover, Fill, None as Own, ScaleDown};
    use kurbo::{Point, Rect};

    #[test]
    fn pictures_fit_as_in_css() {
        let picture = Rect::new(0.0, 0.0, 400.0, 200.0);
        let area = Rect::new(10.0, 10.0, 110.0, 110.0);
        let whole_box = area;
        let middle = (0.5, 0.5);
        type Case = (ImageFit, (f64, f64), Rect, Rect);
        #[rustfmt::skip]
        let cases: Vec<Case> = vec![
            (Fill, middle, picture, whole_box),
            (Cover, middle, Rect::new(100., 0., 300., 200.), whole_box),
            (Cover, (0.0, 0.5), Rect::new(0., 0., 200., 200.), whole_box),
            (Cover, (0.4, 0.5), Rect::new(60., 0., 260., 200.), whole_box),
            (Cover, (0.9, 0.5), Rect::new(200., 0., 400., 200.), whole_box),
            (Contain, middle, picture, Rect::new(10., 35., 110., 85.)),
            (ScaleDown, middle, picture, Rect::new(10., 35., 110., 85.)),
            (Own, middle, Rect::new(150., 50., 250., 150.), whole_box),
            (Own, (0.0, 0.0), Rect::new(0., 0., 100., 100.), whole_box),
        ];
        for (fit, (x, y), source, target) in cases {
            let fitted = fit_rect(picture, area, fit, Point::new(x, y)).unwrap();
            assert_eq!((fitted.source, fitted.target), (source, target), "{fit:?} at {x} {y}");
        }
        let small = Rect::new(0.0, 0.0, 20.0, 10.0);
        for fit in [Own, ScaleDown] {
            let fitted = fit_rect(small, area, fit, Point::new(0.0, 0.0)).unwrap();
            assert_eq!((fitted.source, fitted.target), (small, Rect::new(50., 55., 70., 65.)), "{fit:?}");
        }
    }

    #[test]
    fn nothing_in_nothing() {
        let picture = Rect::new(0.0, 0.0, 4.0, 4.0);
        assert_eq!(fit_rect(picture, Rect::ZERO, Cover, Point::ZERO), None);
        assert_eq!(fit_rect(Rect::ZERO, picture, Cover, Point::ZERO), None);
    }
}
