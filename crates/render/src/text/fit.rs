//! `fit`: the greatest font size at which a text stays within its box.

use handbill_template::resolved::{FitMode, Wrap};

use super::alone::AloneShaper;
use super::breaking::{TOLERANCE, count_lines};
use super::lines;
use super::style::Settings;
use super::{PreparedText, TextContext};

/// How near the size is found, layout pixels.
const STEP: f64 = 0.25;

/// The least size that is chosen without being asked for: a fraction of the designed size, never below so many pixels.
const DEFAULT_MIN: (f64, f64) = (0.3, 6.0);

/// The least and greatest factor.
pub(super) fn bounds(settings: &Settings) -> (f64, f64) {
    let size = settings.base_size;
    if settings.fit == FitMode::None || size <= 0.0 {
        return (1.0, 1.0);
    }
    let greatest = match settings.fit {
        FitMode::Fill => settings.fit_max.unwrap_or(size),
        FitMode::Shrink | FitMode::None => size,
    };
    let least = settings.fit_min.unwrap_or_else(|| (DEFAULT_MIN.0 * size).max(DEFAULT_MIN.1));
    (least.min(greatest) / size, greatest / size)
}

pub(super) fn fit(text: &PreparedText, cx: &mut TextContext, width: f64, height: Option<f64>) -> f64 {
    let (least, greatest) = bounds(&text.settings);
    if least == greatest || fits(text, cx, greatest, width, height) {
        return greatest;
    }
    if !fits(text, cx, least, width, height) {
        return least;
    }
    let (mut low, mut high) = (least, greatest);
    let step = STEP / text.settings.base_size;
    while high - low > step {
        let middle = f64::midpoint(low, high);
        if fits(text, cx, middle, width, height) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Whether lines, height and widest word are within the box at a factor.
fn fits(text: &PreparedText, cx: &mut TextContext, k: f64, width: f64, height: Option<f64>) -> bool {
    let settings = &text.settings;
    let room = width - settings.indent * k + TOLERANCE;
    if settings.wrap != Wrap::Anywhere && lines::widest_word(text) * k > room {
        return false;
    }
    let max_lines = settings.max_lines.unwrap_or(usize::MAX);
    if settings.wrap != Wrap::None {
        let mut lines = 0;
        let mut alone = AloneShaper::of(cx, text);
        for paragraph in &text.paragraphs {
            lines += count_lines(paragraph, &mut alone, room / k, max_lines);
            if lines > max_lines {
                return false;
            }
        }
    } else if text.paragraphs.len() > max_lines {
        return false;
    }
    height.is_none_or(|height| lines::measure(text, cx, k, Some(width)).height <= height + TOLERANCE)
}
