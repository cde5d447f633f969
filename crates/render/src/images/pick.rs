//! A colour picked from a picture (decision 11): the bins of a histogram with 4 bits a channel.

use std::collections::BTreeMap;

use handbill_template::resolved::{Pick, Rgba};

use crate::pixmap::Pixmap;

/// Width and height of the copy that is counted.
pub(super) const SIDE: u16 = 64;

#[derive(Default)]
struct Bin {
    count: u32,
    sum: [u32; 3],
}

impl Bin {
    fn mean(&self) -> [u8; 3] {
        self.sum.map(|sum| ((sum + self.count / 2) / self.count) as u8)
    }

    /// √count × saturation × (1 − |2L − 1|); of a colour in HSL the last two make the distance of its channels.
    fn vibrancy(&self) -> f64 {
        let [r, g, b] = self.mean();
        f64::from(self.count).sqrt() * f64::from(r.max(g).max(b) - r.min(g).min(b))
    }
}

/// None when no pixel is at least half opaque.
pub(super) fn pick(copy: &Pixmap, pick: Pick) -> Option<Rgba> {
    let mut bins: BTreeMap<[u8; 3], Bin> = BTreeMap::new();
    for pixel in copy.data().chunks_exact(4).filter(|pixel| pixel[3] >= 128) {
        let alpha = u32::from(pixel[3]);
        let color = [0, 1, 2].map(|n| ((u32::from(pixel[n]) * 255 + alpha / 2) / alpha).min(255));
        let bin = bins.entry(color.map(|channel| (channel >> 4) as u8)).or_default();
        bin.count += 1;
        bin.sum.iter_mut().zip(color).for_each(|(sum, channel)| *sum += channel);
    }
    let score = |bin: &Bin| match pick {
        Pick::Dominant => f64::from(bin.count),
        Pick::Vibrant => bin.vibrancy(),
    };
    // Of equals the darkest: the first in the order of the bins.
    let best = bins.values().reduce(|best, bin| if score(bin) > score(best) { bin } else { best })?;
    let [r, g, b] = best.mean();
    Some(Rgba([r, g, b, 255]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(parts: &[(usize, [u8; 4])]) -> Pixmap {
        let mut data: Vec<u8> = parts.iter().flat_map(|(count, pixel)| pixel.repeat(*count)).collect();
        data.resize(64 * 64 * 4, 0);
        Pixmap::from_premultiplied(data, SIDE, SIDE, false)
    }

    #[test]
    fn dominant_is_the_fullest_and_vibrant_the_most_colourful() {
        let grey_and_red = copy(&[(3000, [100, 100, 104, 255]), (400, [200, 20, 30, 255]), (300, [202, 18, 30, 255])]);
        assert_eq!(pick(&grey_and_red, Pick::Dominant), Some(Rgba([100, 100, 104, 255])));
        // 200 and 202 fall into one bin, whose mean is taken.
        assert_eq!(pick(&grey_and_red, Pick::Vibrant), Some(Rgba([201, 19, 30, 255])));
        let few = copy(&[(4000, [0, 0, 120, 255]), (1, [255, 0, 0, 255])]);
        assert_eq!(pick(&few, Pick::Vibrant), Some(Rgba([0, 0, 120, 255])), "one pixel is not enough");
    }

    #[test]
    fn transparent_pixels_do_not_count() {
        assert_eq!(pick(&copy(&[]), Pick::Dominant), None);
        let half = copy(&[(10, [100, 50, 0, 128])]);
        assert_eq!(pick(&half, Pick::Dominant), Some(Rgba([199, 100, 0, 255])));
    }
}
