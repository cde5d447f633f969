//! `focus: auto` (decision 33): which window of a picture has most to see, by edges and by colour.

use kurbo::Rect;

use crate::pixmap::Pixmap;

/// The longer side of the copy that is looked at.
const SIDE: f64 = 128.0;

/// The size of the copy of a part of a picture.
pub(super) fn copy_size(part: Rect) -> (u16, u16) {
    let factor = SIDE / part.width().max(part.height()).max(1.0);
    let side = |length: f64| (length * factor).round().clamp(1.0, SIDE) as u16;
    (side(part.width()), side(part.height()))
}

/// The window in pixels of the picture; `copy` shows all of `part`.
pub(super) fn window(copy: &Pixmap, part: Rect, ratio: f64) -> Rect {
    let (width, height) = (part.height() * ratio, part.width() / ratio);
    let interest = Interest::of(copy);
    if width < part.width() {
        let start = best(&interest.columns(), width / part.width());
        let left = part.x0 + start * (part.width() - width);
        Rect::new(left, part.y0, left + width, part.y1)
    } else {
        let start = best(&interest.rows(), height / part.height());
        let top = part.y0 + start * (part.height() - height).max(0.0);
        Rect::new(part.x0, top, part.x1, (top + height).min(part.y1))
    }
}

/// Where a window of `share` of the length starts: 0 at the beginning, 1 when it ends at the end.
fn best(sums: &[u64], share: f64) -> f64 {
    let length = ((sums.len() as f64 * share).round() as usize).clamp(1, sums.len());
    let steps = sums.len() - length;
    if steps == 0 {
        return 0.5;
    }
    let off_centre = |start: usize| start.abs_diff(steps - start);
    let score = |start: usize| sums[start..start + length].iter().sum::<u64>();
    let better = |a: usize, b: usize| (score(b), off_centre(a)) > (score(a), off_centre(b));
    let start = (1..=steps).fold(0, |best, start| if better(best, start) { start } else { best });
    start as f64 / steps as f64
}

/// How much there is to see at each pixel: Sobel's gradient of the luma, and half the saturation.
struct Interest {
    width: usize,
    values: Vec<u64>,
}

impl Interest {
    fn of(copy: &Pixmap) -> Self {
        let (width, height) = (copy.width() as usize, copy.height() as usize);
        let luma: Vec<i64> = copy.data().chunks_exact(4).map(luma).collect();
        let at = |x: usize, dx: i64, y: usize, dy: i64| {
            let near = |at: usize, by: i64, size: usize| (at as i64 + by).clamp(0, size as i64 - 1) as usize;
            luma[near(y, dy, height) * width + near(x, dx, width)]
        };
        let pixels = copy.data().chunks_exact(4).enumerate().map(|(n, pixel)| {
            let (x, y) = (n % width, n / width);
            let side = |d: i64| at(x, d, y, -1) + 2 * at(x, d, y, 0) + at(x, d, y, 1);
            let edge = |d: i64| at(x, -1, y, d) + 2 * at(x, 0, y, d) + at(x, 1, y, d);
            let gradient = (side(1) - side(-1)).unsigned_abs() + (edge(1) - edge(-1)).unsigned_abs();
            // Both gradients reach 4 × 255, together 8 × 255: so half the saturation is 4 times its 255.
            gradient + 4 * saturation(pixel)
        });
        Interest { width, values: pixels.collect() }
    }

    fn columns(&self) -> Vec<u64> {
        let mut sums = vec![0; self.width];
        for row in self.values.chunks_exact(self.width) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        sums
    }

    fn rows(&self) -> Vec<u64> {
        self.values.chunks_exact(self.width).map(|row| row.iter().sum()).collect()
    }
}

/// Rec. 601, 0 to 255; of what is transparent nothing is seen.
fn luma(pixel: &[u8]) -> i64 {
    let [r, g, b] = [0, 1, 2].map(|n| i64::from(pixel[n]));
    (299 * r + 587 * g + 114 * b) / 1000
}

fn saturation(pixel: &[u8]) -> u64 {
    let [r, g, b] = [pixel[0], pixel[1], pixel[2]];
    u64::from(r.max(g).max(b) - r.min(g).min(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Grey, with a checked red square at a place.
    fn copy(width: u16, height: u16, spot: Option<(u16, u16)>) -> Pixmap {
        let inside = |at: u16, from: u16| (from..from + 12).contains(&at);
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| match spot {
            Some((sx, sy)) if inside(x, sx) && inside(y, sy) && (x + y) % 2 == 0 => [220, 30, 20, 255],
            _ => [128, 128, 128, 255],
        });
        Pixmap::from_premultiplied(pixels.collect(), width, height, true)
    }

    #[test]
    fn the_window_holds_what_stands_out() {
        let part = Rect::new(0.0, 0.0, 1280.0, 640.0);
        for (spot, low, high) in [(4, 0.0, 40.0), (58, 100.0, 560.0), (112, 600.0, 640.0)] {
            let window = window(&copy(128, 64, Some((spot, 20))), part, 1.0);
            assert_eq!((window.width(), window.height()), (640.0, 640.0));
            assert!((low..=high).contains(&window.x0), "{spot}: {window:?}");
        }
        let tall = Rect::new(100.0, 200.0, 420.0, 840.0);
        let window = window(&copy(64, 128, Some((20, 112))), tall, 2.0);
        assert_eq!((window.x0, window.width(), window.height()), (100.0, 320.0, 160.0));
        assert!(window.y0 <= 760.0 && window.y1 >= 820.0, "{window:?}");
    }

    #[test]
    fn with_nothing_to_see_it_is_the_centre() {
        let part = Rect::new(0.0, 0.0, 1280.0, 640.0);
        assert_eq!(window(&copy(128, 64, None), part, 1.0), Rect::new(320.0, 0.0, 960.0, 640.0));
        assert_eq!(window(&copy(128, 64, None), part, 2.0), part);
    }

    #[test]
    fn the_copy_is_at_most_128_long() {
        assert_eq!(copy_size(Rect::new(0.0, 0.0, 4000.0, 3000.0)), (128, 96));
        assert_eq!(copy_size(Rect::new(5.0, 5.0, 6.0, 2005.0)), (1, 128));
    }
}
