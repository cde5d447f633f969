//! The eight ways in which a camera may have been held.

use kurbo::Affine;

/// Exif's orientation, 1 to 8: how stored pixels are turned and mirrored to be upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    pub const UPRIGHT: Orientation = Orientation(1);

    pub fn from_exif(value: u16) -> Option<Self> {
        (1..=8).contains(&value).then_some(Orientation(value as u8))
    }

    /// Whether the upright picture's width is the stored height.
    pub fn swaps_sides(self) -> bool {
        self.0 >= 5
    }

    /// From stored pixels (`width` × `height`) to upright ones.
    pub fn transform(self, width: f64, height: f64) -> Affine {
        let (w, h) = (width, height);
        Affine::new(match self.0 {
            2 => [-1.0, 0.0, 0.0, 1.0, w, 0.0],
            3 => [-1.0, 0.0, 0.0, -1.0, w, h],
            4 => [1.0, 0.0, 0.0, -1.0, 0.0, h],
            5 => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
            6 => [0.0, 1.0, -1.0, 0.0, h, 0.0],
            7 => [0.0, -1.0, -1.0, 0.0, h, w],
            8 => [0.0, -1.0, 1.0, 0.0, 0.0, w],
            _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        })
    }

    /// Turns stored RGBA pixels upright.
    pub(super) fn apply(self, stored: Vec<u8>, width: usize, height: usize) -> Vec<u8> {
        if self == Orientation::UPRIGHT {
            return stored;
        }
        let (out_width, out_height) = if self.swaps_sides() { (height, width) } else { (width, height) };
        let mut upright = vec![0; stored.len()];
        for (y, row) in upright.chunks_exact_mut(out_width * 4).enumerate() {
            for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
                let (right, bottom) = (out_width - 1 - x, out_height - 1 - y);
                let (from_x, from_y) = match self.0 {
                    2 => (right, y),
                    3 => (right, bottom),
                    4 => (x, bottom),
                    5 => (y, x),
                    6 => (y, right),
                    7 => (bottom, right),
                    _ => (bottom, x),
                };
                let at = (from_y * width + from_x) * 4;
                pixel.copy_from_slice(&stored[at..at + 4]);
            }
        }
        upright
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kurbo::Point;

    /// A 3 × 2 picture whose pixels are numbered as stored, and what each orientation makes of it
    /// (the figures of the Exif standard: 6 is a quarter turn clockwise, 8 one the other way).
    #[test]
    fn all_eight_turn_as_the_standard_says() {
        let stored: Vec<u8> = (0..6u8).flat_map(|n| [n; 4]).collect();
        let cases: [(u16, [u8; 6]); 8] = [
            (1, [0, 1, 2, 3, 4, 5]),
            (2, [2, 1, 0, 5, 4, 3]),
            (3, [5, 4, 3, 2, 1, 0]),
            (4, [3, 4, 5, 0, 1, 2]),
            (5, [0, 3, 1, 4, 2, 5]),
            (6, [3, 0, 4, 1, 5, 2]),
            (7, [5, 2, 4, 1, 3, 0]),
            (8, [2, 5, 1, 4, 0, 3]),
        ];
        for (value, expected) in cases {
            let orientation = Orientation::from_exif(value).unwrap();
            let upright: Vec<u8> = orientation.apply(stored.clone(), 3, 2).chunks(4).map(|pixel| pixel[0]).collect();
            assert_eq!(upright, expected, "orientation {value}");
            // The transform says the same of each pixel's centre.
            let out_width = if orientation.swaps_sides() { 2 } else { 3 };
            for (n, (x, y)) in [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)].into_iter().enumerate() {
                let to = orientation.transform(3.0, 2.0) * Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                let at = to.y as usize * out_width + to.x as usize;
                assert_eq!(usize::from(expected[at]), n, "orientation {value}, pixel {n}");
            }
        }
    }
}
