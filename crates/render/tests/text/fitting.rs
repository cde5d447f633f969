//! Sizes that `fit` chooses.

use handbill_render::text::TextContext;
use handbill_template::resolved::{Fit, FitMode, Text, Wrap};

use crate::support::{fonts, style, text};

fn fitting(words: &str, size: f64, mode: FitMode, min: Option<f64>, max: Option<f64>) -> Text {
    let mut text = text(words);
    text.base = style("Inter", size);
    text.spans[0].style = text.base.clone();
    text.fit = Fit { mode, min, max, group: None };
    text
}

fn chosen(text: &Text, width: f64, height: Option<f64>) -> f64 {
    let mut cx = TextContext::new();
    let prepared = cx.prepare(fonts(), text);
    prepared.fit(&mut cx, width, height) * prepared.designed_size()
}

const WORDS: &str = "Write the way you talk, then cut half of it and read it aloud";

#[test]
fn a_text_that_does_not_fit_itself_stays() {
    assert_eq!(chosen(&fitting(WORDS, 60.0, FitMode::None, None, None), 100.0, Some(10.0)), 60.0);
}

#[test]
fn shrink_never_grows_and_fill_grows_to_its_greatest() {
    assert_eq!(chosen(&fitting("Hi", 20.0, FitMode::Shrink, None, None), 500.0, Some(500.0)), 20.0);
    assert_eq!(chosen(&fitting("Hi", 20.0, FitMode::Fill, None, Some(90.0)), 500.0, Some(500.0)), 90.0);
    assert_eq!(chosen(&fitting("Hi", 20.0, FitMode::Fill, None, None), 500.0, Some(500.0)), 20.0);
}

#[test]
fn the_greatest_size_that_fits_is_found_to_a_quarter_pixel() {
    let mut cx = TextContext::new();
    for (mode, size, max) in [(FitMode::Shrink, 90.0, None), (FitMode::Fill, 20.0, Some(120.0))] {
        for (width, height, max_lines) in [
            (400.0, Some(200.0), None),
            (400.0, None, Some(3)),
            (250.0, Some(300.0), Some(9)),
            (700.0, Some(90.0), None),
        ] {
            let mut text = fitting(WORDS, size, mode, None, max);
            text.max_lines = max_lines;
            let prepared = cx.prepare(fonts(), &text);
            let k = prepared.fit(&mut cx, width, height);
            let mut within = |k: f64| {
                text.max_lines = None;
                let all = cx.prepare(fonts(), &text).measure(&mut cx, k, Some(width));
                all.lines <= max_lines.map_or(usize::MAX, |most| most as usize)
                    && height.is_none_or(|height| all.height <= height)
                    && all.widest_word <= width
            };
            assert!(within(k), "{mode:?} {width} {height:?}: does not fit at {}", k * size);
            let more = k + 0.26 / size;
            assert!(!within(more), "{mode:?} {width} {height:?}: {} fits, too", more * size);
        }
    }
}

#[test]
fn no_word_is_wider_than_the_box() {
    let text = fitting("Incomprehensibilities", 80.0, FitMode::Shrink, None, None);
    let size = chosen(&text, 400.0, None);
    let width_per_px =
        TextContext::new().prepare(fonts(), &text).measure(&mut TextContext::new(), 1.0, None).width / 80.0;
    assert!(size * width_per_px <= 400.0 + 0.01 && (size + 0.25) * width_per_px > 400.0, "{size}");
    let mut anywhere = text;
    anywhere.wrap = Wrap::Anywhere;
    assert_eq!(chosen(&anywhere, 400.0, None), 80.0, "it may break anywhere");
}

#[test]
fn an_unwrapped_line_shrinks_to_the_width() {
    let mut text = fitting("Mademoiselle Alexandrine de Montmorency", 60.0, FitMode::Shrink, Some(10.0), None);
    text.wrap = Wrap::None;
    text.max_lines = Some(1);
    let size = chosen(&text, 500.0, None);
    assert!((20.0..30.0).contains(&size), "{size}");
}

#[test]
fn the_least_size_is_kept_even_when_it_does_not_fit() {
    for (size, min, least) in [(50.0, None, 15.0), (12.0, None, 6.0), (4.0, None, 4.0), (50.0, Some(40.0), 40.0)] {
        let text = fitting(WORDS, size, FitMode::Shrink, min, None);
        assert!((chosen(&text, 30.0, Some(5.0)) - least).abs() < 1e-9, "{size} {min:?}");
    }
}
