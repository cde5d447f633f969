//! Gaussian blur of planes of numbers, the same on every machine: additions and products in a fixed order, and the
//! kernel from libm.
//!
//! Up to σ = 8 the kernel is applied as it is. A wider one is applied to a copy made smaller by averaging, which is
//! then enlarged by lerping; what both steps blur by themselves is taken off σ. The error stays below one level of 255.

/// A number a pixel, row by row.
#[derive(Debug, Clone)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) data: Vec<f32>,
}

/// How many pixels of a picture that is to be blurred may be drawn as one, so that σ is still `least` of them: a power
/// of two. What is drawn so is enlarged by lerping, which cannot be told from drawing it large.
pub(super) fn coarseness(sigma: f64, least: f64) -> usize {
    let mut factor = 1;
    while sigma / (2 * factor) as f64 >= least {
        factor *= 2;
    }
    factor
}

/// A number as one of 256 levels.
pub(super) fn level(value: f32) -> u8 {
    (value + 0.5).clamp(0.0, 255.0) as u8
}

/// How far a blur reaches, in whole pixels.
pub(super) fn reach(sigma: f64) -> usize {
    (3.0 * sigma).ceil().max(0.0) as usize
}

impl Plane {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Plane { width, height, data: vec![0.0; width * height] }
    }

    /// Blurred; what lies outside counts as 0.
    pub(super) fn blur(self, sigma: f64) -> Self {
        let factor = coarseness(sigma, 4.0);
        if factor == 1 {
            return self.convolve(sigma);
        }
        let side = factor as f64;
        // The variances of the box that averages, the tent that lerps, and the kernel's own pixels, larger than ours.
        let own = (side * side - 1.0) / 12.0 + side * side / 6.0 + (side * side - 1.0) / 12.0;
        let rest = (sigma * sigma - own).sqrt() / side;
        let (width, height) = (self.width, self.height);
        self.shrink(factor).convolve(rest).enlarge(factor, width, height)
    }

    fn convolve(self, sigma: f64) -> Self {
        let kernel = kernel(sigma);
        self.rows(&kernel).columns(&kernel)
    }

    fn rows(self, kernel: &[f32]) -> Self {
        let mut out = Plane::new(self.width, self.height);
        let rows = self.data.chunks_exact(self.width.max(1));
        for (row, out) in rows.zip(out.data.chunks_exact_mut(self.width.max(1))) {
            add(out, row, kernel[0]);
            for (distance, &weight) in kernel.iter().enumerate().skip(1).take_while(|&(d, _)| d < row.len()) {
                let rest = row.len() - distance;
                add(&mut out[..rest], &row[distance..], weight);
                add(&mut out[distance..], &row[..rest], weight);
            }
        }
        out
    }

    fn columns(self, kernel: &[f32]) -> Self {
        let mut out = Plane::new(self.width, self.height);
        let row = |y: usize| &self.data[y * self.width..(y + 1) * self.width];
        for (y, out) in out.data.chunks_exact_mut(self.width.max(1)).enumerate() {
            add(out, row(y), kernel[0]);
            for (distance, &weight) in kernel.iter().enumerate().skip(1) {
                if let Some(above) = y.checked_sub(distance) {
                    add(out, row(above), weight);
                }
                if y + distance < self.height {
                    add(out, row(y + distance), weight);
                }
            }
        }
        out
    }

    /// Averages of `factor` × `factor` pixels; the last ones reach over the edge.
    fn shrink(&self, factor: usize) -> Self {
        let mut out = Plane::new(self.width.div_ceil(factor), self.height.div_ceil(factor));
        let share = 1.0 / (factor * factor) as f32;
        for (y, row) in self.data.chunks_exact(self.width.max(1)).enumerate() {
            let target = &mut out.data[y / factor * out.width..][..out.width];
            for (pixels, sum) in row.chunks(factor).zip(target) {
                pixels.iter().for_each(|pixel| *sum += pixel * share);
            }
        }
        out
    }

    /// `factor` times as large, cut to a size.
    fn enlarge(&self, factor: usize, width: usize, height: usize) -> Self {
        let along = |count: usize, size: usize| -> Vec<Between> {
            (0..count).map(|at| Between::new((at as f64 + 0.5) / factor as f64, size)).collect()
        };
        self.sample(&along(width, self.width), &along(height, self.height))
    }

    /// A plane whose pixels lie between this one's.
    pub(super) fn sample(&self, columns: &[Between], rows: &[Between]) -> Self {
        let mut out = Plane::new(columns.len(), rows.len());
        let mut mixed = vec![0.0; self.width];
        for (row, out) in rows.iter().zip(out.data.chunks_exact_mut(columns.len().max(1))) {
            let (above, below) = (row.first * self.width, row.second * self.width);
            for (x, mixed) in mixed.iter_mut().enumerate() {
                *mixed = lerp(self.data[above + x], self.data[below + x], row.part);
            }
            for (pixel, column) in out.iter_mut().zip(columns) {
                *pixel = lerp(mixed[column.first], mixed[column.second], column.part);
            }
        }
        out
    }
}

/// Two neighbouring pixels, and how far a place is from the middle of the first to that of the second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Between {
    first: usize,
    second: usize,
    part: f32,
}

impl Between {
    /// A place along `size` pixels; outside them it is the nearest one.
    pub(super) fn new(at: f64, size: usize) -> Self {
        let from_middle = at - 0.5;
        let first = from_middle.floor();
        let index = |x: f64| (x.max(0.0) as usize).min(size - 1);
        Between { first: index(first), second: index(first + 1.0), part: (from_middle - first) as f32 }
    }
}

fn lerp(from: f32, to: f32, part: f32) -> f32 {
    from + (to - from) * part
}

fn add(out: &mut [f32], row: &[f32], weight: f32) {
    for (out, pixel) in out.iter_mut().zip(row) {
        *out += pixel * weight;
    }
}

/// The weights of distances 0, 1, 2…, each the share of a whole pixel, so that an edge between pixels comes out exact.
/// With the other side they sum to 1.
fn kernel(sigma: f64) -> Vec<f32> {
    if sigma < 0.05 {
        return vec![1.0];
    }
    let weight = |x: f64| normal((x + 0.5) / sigma) - normal((x - 0.5) / sigma);
    let weights: Vec<f64> = (0..=reach(sigma)).map(|x| weight(x as f64)).collect();
    let sum = 2.0 * weights.iter().sum::<f64>() - weights[0];
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

/// The share of a normal distribution (σ = 1) below `x`.
fn normal(x: f64) -> f64 {
    0.5 * (1.0 + libm::erf(x * std::f64::consts::FRAC_1_SQRT_2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step blurred is the normal distribution's integral.
    #[test]
    fn a_step_becomes_the_error_function() {
        for sigma in [0.8, 2.0, 5.5, 7.9, 8.0, 13.0, 31.0, 64.0] {
            let reach = reach(sigma);
            let (width, edge) = (4 * reach + 16, 2 * reach + 7);
            let mut plane = Plane::new(width, 2 * reach + 1);
            for row in plane.data.chunks_exact_mut(width) {
                row[edge..].iter_mut().for_each(|pixel| *pixel = 1.0);
            }
            let height = plane.height;
            let blurred = plane.blur(sigma);
            let middle = &blurred.data[height / 2 * width..][..width];
            for (x, pixel) in middle.iter().enumerate().take(width - reach).skip(reach) {
                let distance = x as f64 + 0.5 - edge as f64;
                let error = (f64::from(*pixel) - normal(distance / sigma)).abs() * 255.0;
                assert!(error < 1.0, "σ {sigma}: off by {error} at {distance}");
            }
        }
    }

    #[test]
    fn light_is_neither_made_nor_lost() {
        for sigma in [1.0, 9.0, 20.0] {
            let mut plane = Plane::new(161, 161);
            plane.data[80 * 161 + 80] = 100.0;
            let sum: f32 = plane.blur(sigma).data.iter().sum();
            assert!((sum - 100.0).abs() < 1.0, "σ {sigma}: {sum}");
        }
    }

    #[test]
    fn wide_blurs_are_coarse() {
        for (sigma, factor) in [(0.0, 1), (15.9, 1), (16.0, 2), (31.0, 2), (32.0, 4), (1000.0, 64)] {
            assert_eq!(coarseness(sigma, 8.0), factor, "{sigma}");
        }
    }
}
