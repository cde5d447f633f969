//! Changes to a picture's colours, as the CSS filter functions define them: each a matrix on straight sRGB whose result
//! is cut to what can be seen, one after the other. Alpha stays. Blur is not here: it is an effect of a group.

use handbill_template::resolved::{ImageFilters, Rgba};

use crate::pixmap::Pixmap;

/// What is done to every colour of a picture, in order. Two that are equal give equal pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct ColorFilter {
    steps: Vec<Matrix>,
}

/// Three rows: the shares of red, green and blue in a channel, and what is added. White is 1.
type Matrix = [[f32; 4]; 3];

/// What luma is made of in the filters that make grey (Rec. 709).
const LUMA: [f64; 3] = [0.2126, 0.7152, 0.0722];
/// The same with the fewer digits that CSS has elsewhere.
const ROUND_LUMA: [f64; 3] = [0.213, 0.715, 0.072];
const IDENTITY: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

impl ColorFilter {
    /// None when every colour stays as it is. `tint` is the tint's value; how opaque it is says how much of it is mixed in.
    pub fn new(filters: &ImageFilters, tint: Option<Rgba>) -> Option<Self> {
        let amount = |amount: Option<f64>, neutral: f64| amount.filter(|amount| *amount != neutral);
        let steps = [
            amount(filters.brightness, 1.0).map(|by| scaled(by, 0.0)),
            amount(filters.contrast, 1.0).map(|by| scaled(by, 0.5 - 0.5 * by)),
            amount(filters.saturate, 1.0).map(|by| mixed([ROUND_LUMA; 3], 1.0 - by)),
            amount(filters.grayscale, 0.0).map(|by| mixed([LUMA; 3], by)),
            amount(filters.sepia, 0.0).map(|by| mixed(SEPIA, by)),
            amount(filters.invert, 0.0).map(|by| scaled(1.0 - 2.0 * by, by)),
            amount(filters.hue_rotate, 0.0).map(turned),
            tint.filter(|tint| tint.0[3] > 0).map(tinted),
        ];
        let steps: Vec<Matrix> = steps.into_iter().flatten().collect();
        (!steps.is_empty()).then_some(ColorFilter { steps })
    }

    /// The picture with other colours.
    pub(crate) fn apply(&self, picture: &Pixmap) -> Pixmap {
        let mut data = picture.data().to_vec();
        // Neighbours are often alike.
        let mut last = ([0; 4], [0; 4]);
        for pixel in data.chunks_exact_mut(4) {
            if pixel[3] == 0 {
                continue;
            }
            if *pixel != last.0 {
                last.0.copy_from_slice(pixel);
                last.1 = self.premultiplied(last.0);
            }
            pixel.copy_from_slice(&last.1);
        }
        Pixmap::from_premultiplied(data, picture.width() as u16, picture.height() as u16, picture.opaque())
    }

    fn premultiplied(&self, [r, g, b, alpha]: [u8; 4]) -> [u8; 4] {
        let alpha_share = f32::from(alpha);
        let color = self.color([r, g, b].map(|channel| f32::from(channel) / alpha_share));
        let [r, g, b] = color.map(|channel| (channel * alpha_share + 0.5) as u8);
        [r, g, b, alpha]
    }

    /// Red, green and blue of 0 to 1.
    fn color(&self, color: [f32; 3]) -> [f32; 3] {
        self.steps.iter().fold(color, |[r, g, b], matrix| {
            matrix.map(|[red, green, blue, more]| (red * r + green * g + blue * b + more).clamp(0.0, 1.0))
        })
    }
}

/// CSS's sepia in full.
const SEPIA: [[f64; 3]; 3] = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]];

/// Each channel by itself.
fn scaled(slope: f64, more: f64) -> Matrix {
    IDENTITY.map(|row| to_f32(row.map(|share| share * slope), more))
}

/// Part of the way from the colours as they are (`by` 0) to what a matrix makes of them (1); less than 0 leads away.
fn mixed(full: [[f64; 3]; 3], by: f64) -> Matrix {
    std::array::from_fn(|n| to_f32(std::array::from_fn(|m| full[n][m] * by + IDENTITY[n][m] * (1.0 - by)), 0.0))
}

/// All hues by an angle in degrees.
fn turned(degrees: f64) -> Matrix {
    const BY_SINE: [[f64; 3]; 3] = [[-0.213, -0.715, 0.928], [0.143, 0.140, -0.283], [-0.787, 0.715, 0.072]];
    let (sin, cos) = crate::paint::sin_cos_degrees(degrees);
    std::array::from_fn(|n| {
        let share = |m: usize| ROUND_LUMA[m] + cos * (IDENTITY[n][m] - ROUND_LUMA[m]) + sin * BY_SINE[n][m];
        to_f32([share(0), share(1), share(2)], 0.0)
    })
}

/// Luma × a colour.
fn tinted(Rgba([r, g, b, a]): Rgba) -> Matrix {
    let full = [r, g, b].map(|channel| LUMA.map(|share| share * f64::from(channel) / 255.0));
    mixed(full, f64::from(a) / 255.0)
}

fn to_f32([red, green, blue]: [f64; 3], more: f64) -> [f32; 4] {
    [red as f32, green as f32, blue as f32, more as f32]
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLORS: [[u8; 3]; 6] =
        [[255, 0, 0], [0, 200, 60], [30, 60, 240], [240, 200, 20], [128, 128, 128], [12, 7, 40]];

    fn filter(set: impl FnOnce(&mut ImageFilters)) -> ColorFilter {
        let mut filters = ImageFilters::default();
        set(&mut filters);
        ColorFilter::new(&filters, None).expect("it changes something")
    }

    fn filtered(filter: &ColorFilter) -> [[u8; 3]; 6] {
        let data = COLORS.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect();
        let picture = filter.apply(&Pixmap::from_premultiplied(data, 6, 1, true));
        std::array::from_fn(|n| {
            let [r, g, b, _] = picture.pixel(n as u32, 0);
            [r, g, b]
        })
    }

    /// What Chromium makes of the same colours; it rounds after each step, we after all.
    #[test]
    fn colours_are_as_a_browser_filters_them() {
        type Case = (fn(&mut ImageFilters), [[u8; 3]; 6]);
        #[rustfmt::skip]
        let cases: [Case; 14] = [
            (|f| f.brightness = Some(0.6), [[153, 0, 0], [0, 120, 36], [18, 36, 144], [144, 120, 12], [77, 77, 77], [7, 4, 24]]),
            (|f| f.brightness = Some(1.7), [[255, 0, 0], [0, 255, 102], [51, 102, 255], [255, 255, 34], [218, 218, 218], [20, 12, 68]]),
            (|f| f.contrast = Some(0.4), [[179, 76, 76], [76, 157, 100], [88, 100, 173], [173, 157, 84], [128, 128, 128], [81, 79, 92]]),
            (|f| f.contrast = Some(1.8), [[255, 0, 0], [0, 255, 6], [0, 6, 255], [255, 255, 0], [128, 128, 128], [0, 0, 0]]),
            (|f| f.saturate = Some(0.3), [[115, 38, 38], [103, 163, 121], [56, 65, 119], [209, 197, 143], [128, 128, 128], [11, 9, 19]]),
            (|f| f.saturate = Some(2.5), [[255, 0, 0], [0, 255, 0], [0, 50, 255], [255, 207, 0], [128, 128, 128], [14, 2, 84]]),
            (|f| f.grayscale = Some(0.7), [[114, 38, 38], [103, 163, 121], [56, 65, 119], [209, 197, 143], [128, 128, 128], [11, 9, 19]]),
            (|f| f.grayscale = Some(1.0), [[54, 54, 54], [147, 147, 147], [67, 67, 67], [196, 196, 196], [128, 128, 128], [10, 10, 10]]),
            (|f| f.sepia = Some(0.5), [[178, 44, 35], [83, 174, 87], [67, 76, 156], [246, 212, 97], [150, 141, 124], [15, 11, 26]]),
            (|f| f.sepia = Some(1.0), [[100, 89, 69], [165, 147, 115], [103, 92, 72], [252, 224, 175], [173, 154, 120], [18, 16, 12]]),
            (|f| f.invert = Some(0.2), [[204, 51, 51], [51, 171, 87], [69, 87, 195], [195, 171, 63], [128, 128, 128], [58, 55, 75]]),
            (|f| f.invert = Some(1.0), [[0, 255, 255], [255, 55, 195], [225, 195, 15], [15, 55, 235], [127, 127, 127], [243, 248, 215]]),
            (|f| f.hue_rotate = Some(90.0), [[0, 91, 0], [60, 158, 255], [240, 11, 103], [20, 252, 151], [128, 128, 128], [40, 2, 9]]),
            (|f| f.hue_rotate = Some(-40.0), [[243, 0, 142], [91, 181, 0], [0, 97, 176], [255, 163, 90], [128, 128, 128], [0, 13, 34]]),
        ];
        for (case, (set, expected)) in cases.into_iter().enumerate() {
            let found = filtered(&filter(set));
            let far = |(a, b): (&[u8; 3], &[u8; 3])| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > 1);
            assert!(!found.iter().zip(&expected).any(far), "case {case}: {found:?} instead of {expected:?}");
        }
        let several = filter(|f| {
            (f.brightness, f.contrast, f.saturate) = (Some(1.3), Some(1.2), Some(1.4));
            (f.sepia, f.hue_rotate) = (Some(0.3), Some(20.0));
        });
        let expected = [[185, 38, 0], [24, 238, 106], [76, 59, 206], [193, 255, 68], [187, 187, 169], [14, 0, 36]];
        let far = |(a, b): (&[u8; 3], &[u8; 3])| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > 2);
        assert!(!filtered(&several).iter().zip(&expected).any(far), "{:?}", filtered(&several));
    }

    #[test]
    fn a_tint_is_luma_times_its_colour() {
        let tint = |rgba| ColorFilter::new(&ImageFilters::default(), Some(Rgba(rgba))).expect("it changes something");
        // Luma of the first colours: 54.2, 147.4 and 66.6 of 255.
        assert_eq!(filtered(&tint([255, 255, 255, 255]))[..3], [[54; 3], [147; 3], [67; 3]]);
        assert_eq!(filtered(&tint([200, 0, 100, 255]))[..2], [[43, 0, 21], [116, 0, 58]]);
        // Half opaque: half of it, and half of the colour as it was.
        assert_eq!(filtered(&tint([255, 255, 255, 128]))[0], [154, 27, 27]);
        assert_eq!(ColorFilter::new(&ImageFilters::default(), Some(Rgba([9, 9, 9, 0]))), None);
    }

    #[test]
    fn what_changes_nothing_is_no_filter() {
        let neutral = ImageFilters {
            brightness: Some(1.0),
            contrast: Some(1.0),
            saturate: Some(1.0),
            grayscale: Some(0.0),
            sepia: Some(0.0),
            invert: Some(0.0),
            hue_rotate: Some(0.0),
            blur: Some(5.0),
            tint: None,
        };
        assert_eq!(ColorFilter::new(&neutral, None), None);
    }

    #[test]
    fn transparent_pixels_stay_as_transparent() {
        let data = vec![100, 50, 0, 128, 0, 0, 0, 0, 10, 10, 10, 10];
        let inverted = filter(|f| f.invert = Some(1.0)).apply(&Pixmap::from_premultiplied(data, 3, 1, false));
        // Straight 199, 100, 0 becomes 56, 155, 255, then × 128 ÷ 255.
        assert_eq!(inverted.data(), [28, 78, 128, 128, 0, 0, 0, 0, 0, 0, 0, 10]);
    }

    #[test]
    fn steps_are_cut_and_taken_in_order() {
        // As CSS: first brightness, which loses what is above white, then contrast.
        let both = filter(|f| (f.brightness, f.contrast) = (Some(2.0), Some(0.5)));
        assert_eq!(filtered(&both)[3], [191, 191, 84]);
    }
}
