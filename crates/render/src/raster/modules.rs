//! QR codes: every module a whole number of device pixels, the code centred in its square.

use handbill_template::resolved::Rgba;
use kurbo::{Affine, BezPath, Rect};

use super::canvas::{Canvas, Outline};
use super::paints;
use super::snap::{Snap, is_upright, nearest};
use crate::display::{FillRule, ModulesItem};
use crate::outlines;

pub(super) fn code(canvas: &mut Canvas, item: &ModulesItem) {
    if item.size == 0 || item.color == Rgba::TRANSPARENT {
        return;
    }
    let to_device = canvas.to_device * item.transform;
    let path = grid(item, to_device) * dark(item);
    canvas.paint(&Outline::Path(path), FillRule::NonZero, paints::solid(item.color), Affine::IDENTITY);
}

/// The dark modules as one path, a module being 1 × 1.
fn dark(item: &ModulesItem) -> BezPath {
    let mut path = BezPath::new();
    for (row, modules) in item.dark.chunks(item.size).enumerate() {
        for (from, to) in runs(modules) {
            let bar = Rect::new(from as f64, row as f64, to as f64, row as f64 + 1.0);
            path.extend(outlines::rect(bar));
        }
    }
    path
}

/// From modules to device pixels: whole pixels, unless the code is turned or has less than a pixel a module.
fn grid(item: &ModulesItem, to_device: Affine) -> Affine {
    let size = item.size as f64;
    let target = to_device.snap(item.target);
    let module = (target.width().min(target.height()) / size).floor();
    if !is_upright(to_device) || module < 1.0 {
        let corner = (item.target.x0, item.target.y0);
        return to_device
            * Affine::translate(corner)
            * Affine::scale_non_uniform(item.target.width() / size, item.target.height() / size);
    }
    let start = |low: f64, length: f64| nearest(low + (length - module * size) / 2.0);
    let (left, top) = (start(target.x0, target.width()), start(target.y0, target.height()));
    let [a, _, _, d, _, _] = to_device.as_coeffs();
    let along = |start: f64, scale: f64| if scale < 0.0 { (start + module * size, -module) } else { (start, module) };
    let ((x, step_x), (y, step_y)) = (along(left, a), along(top, d));
    Affine::new([step_x, 0.0, 0.0, step_y, x, y])
}

/// Where dark modules stand side by side: first and one past the last.
fn runs(modules: &[bool]) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let from = at + modules[at..].iter().position(|&dark| dark)?;
        at = from + modules[from..].iter().position(|&dark| !dark).unwrap_or(modules.len() - from);
        Some((from, at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_the_dark_modules() {
        let modules = [true, true, false, true, false, false, true];
        assert_eq!(runs(&modules).collect::<Vec<_>>(), [(0, 2), (3, 4), (6, 7)]);
        assert_eq!(runs(&[false; 3]).count(), 0);
    }

    #[test]
    fn the_grid_is_of_whole_pixels_and_centred() {
        let item = ModulesItem {
            node: "code".into(),
            size: 21,
            dark: vec![true; 21 * 21].into(),
            target: Rect::new(10.3, 20.3, 110.3, 120.3),
            color: Rgba::BLACK,
            transform: Affine::IDENTITY,
        };
        assert_eq!(grid(&item, Affine::IDENTITY).as_coeffs(), [4.0, 0.0, 0.0, 4.0, 18.0, 28.0]);
        assert_eq!(grid(&item, Affine::scale(2.0)).as_coeffs(), [9.0, 0.0, 0.0, 9.0, 27.0, 47.0]);
        let mirrored = Affine::translate((200.0, 0.0)) * Affine::scale_non_uniform(-1.0, 1.0);
        assert_eq!(grid(&item, mirrored).as_coeffs(), [-4.0, 0.0, 0.0, 4.0, 182.0, 28.0]);
    }
}
