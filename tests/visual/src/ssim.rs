//! How alike two pictures look: the structural similarity index.
//!
//! Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image quality assessment: from error visibility to structural
//! similarity", IEEE Transactions on Image Processing 13 (4), 2004, with the constants given there: local means, variances
//! and covariance under an 11×11 Gaussian window of σ = 1.5, on luma (ITU-R BT.601, 0 to 255), K₁ = 0.01, K₂ = 0.03; the
//! index is the mean over all windows that lie wholly inside the picture. It is 1 for equal pictures and falls
//! with what an eye would miss; pictures that have nothing to do with each other come near 0, negatives below it.
//!
//! What is see-through is seen on white. Nothing is scaled down beforehand.

use anyhow::ensure;

use crate::compare::Pixels;

const WINDOW: usize = 11;
const SIGMA: f64 = 1.5;
const C1: f64 = (0.01 * 255.0) * (0.01 * 255.0);
const C2: f64 = (0.03 * 255.0) * (0.03 * 255.0);

/// The index of two pictures, and where it comes from.
#[derive(Debug, Clone)]
pub struct Ssim {
    /// The mean of `map`: -1 to 1.
    pub mean: f64,
    /// The index of each window, row by row from the upper left one.
    pub map: Vec<f64>,
    /// Windows per row: the picture's width less 10.
    pub width: usize,
    /// Rows of windows: the picture's height less 10.
    pub height: usize,
}

/// One value per pixel, row by row.
struct Plane {
    width: usize,
    height: usize,
    values: Vec<f64>,
}

/// # Errors
/// When the pictures differ in size, or are smaller than a window (11×11 px).
pub fn ssim(a: &Pixels, b: &Pixels) -> anyhow::Result<Ssim> {
    ensure!(
        (a.width, a.height) == (b.width, b.height),
        "pictures of {}×{} and {}×{} px cannot be compared",
        a.width,
        a.height,
        b.width,
        b.height
    );
    ensure!(
        a.width as usize >= WINDOW && a.height as usize >= WINDOW,
        "a picture of {}×{} px is smaller than the window of {WINDOW}×{WINDOW}",
        a.width,
        a.height
    );
    let (a, b) = (luma(a), luma(b));
    let (mean_a, mean_b) = (blurred(&a), blurred(&b));
    let squares = [blurred(&product(&a, &a)), blurred(&product(&b, &b)), blurred(&product(&a, &b))];
    let [square_a, square_b, product_ab] = &squares;
    let map: Vec<f64> = (0..mean_a.values.len())
        .map(|at| {
            let (ma, mb) = (mean_a.values[at], mean_b.values[at]);
            let variance_a = square_a.values[at] - ma * ma;
            let variance_b = square_b.values[at] - mb * mb;
            let covariance = product_ab.values[at] - ma * mb;
            ((2.0 * ma * mb + C1) * (2.0 * covariance + C2))
                / ((ma * ma + mb * mb + C1) * (variance_a + variance_b + C2))
        })
        .collect();
    let mean = map.iter().sum::<f64>() / map.len() as f64;
    Ok(Ssim { mean, map, width: mean_a.width, height: mean_a.height })
}

impl Ssim {
    /// The map as a grey picture as large as the compared ones: white where they are alike, black where the index is 0 or
    /// less. The rim, where no window has its middle, repeats the nearest one.
    #[must_use]
    pub fn shown(&self) -> Pixels {
        let rim = WINDOW / 2;
        let (width, height) = (self.width + 2 * rim, self.height + 2 * rim);
        let nearest = |at: usize, count: usize| at.saturating_sub(rim).min(count - 1);
        let mut rgba = Vec::with_capacity(width * height * 4);
        for y in 0..height {
            let row = nearest(y, self.height) * self.width;
            for x in 0..width {
                let grey = (self.map[row + nearest(x, self.width)].clamp(0.0, 1.0) * 255.0).round() as u8;
                rgba.extend([grey, grey, grey, 255]);
            }
        }
        Pixels { width: width as u32, height: height as u32, rgba }
    }
}

fn luma(picture: &Pixels) -> Plane {
    let value = |pixel: &[u8]| {
        let [red, green, blue, alpha] = [0, 1, 2, 3].map(|channel| f64::from(pixel[channel]));
        let opaque = 0.299 * red + 0.587 * green + 0.114 * blue;
        255.0 + (opaque - 255.0) * alpha / 255.0
    };
    let values = picture.rgba.chunks_exact(4).map(value).collect();
    Plane { width: picture.width as usize, height: picture.height as usize, values }
}

fn product(a: &Plane, b: &Plane) -> Plane {
    let values = a.values.iter().zip(&b.values).map(|(a, b)| a * b).collect();
    Plane { width: a.width, height: a.height, values }
}

/// The weights of the window along one axis; their sum is 1.
fn gaussian() -> [f64; WINDOW] {
    let middle = (WINDOW / 2) as f64;
    let weights: [f64; WINDOW] =
        std::array::from_fn(|at| (-(at as f64 - middle).powi(2) / (2.0 * SIGMA * SIGMA)).exp());
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

/// The weighted mean of every window inside the plane, first along rows and then along columns.
fn blurred(plane: &Plane) -> Plane {
    let weights = gaussian();
    let (width, height) = (plane.width - WINDOW + 1, plane.height - WINDOW + 1);
    let mut along_rows = vec![0.0; width * plane.height];
    for (from, to) in plane.values.chunks_exact(plane.width).zip(along_rows.chunks_exact_mut(width)) {
        for (at, weight) in weights.iter().enumerate() {
            add_weighted(to, &from[at..at + width], *weight);
        }
    }
    let mut values = vec![0.0; width * height];
    for (row, to) in values.chunks_exact_mut(width).enumerate() {
        for (at, weight) in weights.iter().enumerate() {
            let start = (row + at) * width;
            add_weighted(to, &along_rows[start..start + width], *weight);
        }
    }
    Plane { width, height, values }
}

fn add_weighted(to: &mut [f64], from: &[f64], weight: f64) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from * weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Pixels {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Pixels { width, height, rgba: places.flat_map(|(x, y)| pixel(x, y)).collect() }
    }

    fn grey(value: u32) -> [u8; 4] {
        let value = value as u8;
        [value, value, value, 255]
    }

    fn index(a: &Pixels, b: &Pixels) -> f64 {
        ssim(a, b).unwrap().mean
    }

    #[track_caller]
    fn assert_near(actual: f64, expected: f64) {
        assert!((actual - expected).abs() < 1e-9, "{actual} is not {expected}");
    }

    /// A pattern with structure everywhere: 0 to 255.
    fn woven(x: u32, y: u32) -> u32 {
        (x * 37 + y * 101 + x * y * 7) % 256
    }

    #[test]
    fn equal_pictures_are_one() {
        let one = picture(20, 15, |x, y| grey(woven(x, y)));
        assert_near(index(&one, &one), 1.0);
        assert!(ssim(&one, &one).unwrap().map.iter().all(|value| (value - 1.0).abs() < 1e-9));
    }

    /// Without structure only the luminance term is left: (2ab + C₁) / (a² + b² + C₁).
    #[test]
    fn plain_pictures_differ_by_their_luminance() {
        let (a, b) = (picture(16, 16, |_, _| grey(100)), picture(16, 16, |_, _| grey(120)));
        assert_near(index(&a, &b), 24_006.502_5 / 24_406.502_5);
        let (black, white) = (picture(16, 16, |_, _| grey(0)), picture(16, 16, |_, _| grey(255)));
        assert_near(index(&black, &white), 6.502_5 / (65_025.0 + 6.502_5));
    }

    /// The values were computed from the paper's formulas by another program, with the two-dimensional window.
    #[test]
    fn known_values() {
        let one = picture(24, 18, |x, y| grey(woven(x, y)));
        let lighter = picture(24, 18, |x, y| grey((woven(x, y) + 30).min(255)));
        let negative = picture(24, 18, |x, y| grey(255 - woven(x, y)));
        let moved = picture(24, 18, |x, y| grey(woven(x + 1, y)));
        let flatter = picture(24, 18, |x, y| grey(64 + woven(x, y) / 2));
        assert_near(index(&one, &lighter), 0.976_572_109_266);
        assert_near(index(&one, &negative), -0.982_395_928_519);
        assert_near(index(&one, &moved), -0.392_475_472_096);
        assert_near(index(&one, &flatter), 0.801_342_019_902);
    }

    #[test]
    fn colours_count_by_their_luma_and_what_is_clear_is_white() {
        let (red, as_grey) = (picture(12, 12, |_, _| [200, 0, 0, 255]), 0.299 * 200.0);
        let white = picture(12, 12, |_, _| grey(255));
        assert_near(index(&red, &white), (2.0 * as_grey * 255.0 + C1) / (as_grey * as_grey + 255.0 * 255.0 + C1));
        assert_near(index(&picture(12, 12, |_, _| [9, 9, 9, 0]), &white), 1.0);
    }

    #[test]
    fn the_map_shows_where_they_differ() {
        let plain = picture(60, 40, |_, _| grey(128));
        let dotted = picture(60, 40, |x, y| grey(if (x, y) == (50, 20) { 255 } else { 128 }));
        let found = ssim(&plain, &dotted).unwrap();
        assert_eq!((found.width, found.height), (50, 30));
        let shown = found.shown();
        assert_eq!((shown.width, shown.height), (60, 40));
        let at = |x: usize, y: usize| shown.rgba[(y * 60 + x) * 4];
        assert!(at(50, 20) < 100 && at(10, 20) == 255, "{} {}", at(50, 20), at(10, 20));
    }

    #[test]
    fn sizes_must_agree_and_hold_a_window() {
        let small = picture(10, 30, |_, _| grey(0));
        assert!(ssim(&small, &small).unwrap_err().to_string().contains("smaller than the window"));
        let other = picture(11, 30, |_, _| grey(0));
        assert!(ssim(&small, &other).unwrap_err().to_string().contains("cannot be compared"));
    }
}
