//! Whatever the text: no panic, everything that should show shows, nothing leaves its place, and time stays in bounds.

use std::time::{Duration, Instant};

use handbill_render::text::TextContext;
use handbill_template::resolved::{Fit, FitMode, ListStyle, Overflow, Text, TextAlign, Wrap};
use proptest::prelude::*;

use crate::support::{fonts, place, text};

/// Pieces that texts are made of: scripts, marks, controls, emoji, directions.
const PIECES: &[&str] = &[
    "word",
    "Office ",
    " ",
    "  ",
    "\n",
    "\u{AD}",
    "-",
    "(",
    ")",
    "123",
    "50%",
    "fi",
    "é",
    "e\u{301}",
    "\u{301}",
    "مرحبا",
    "لا",
    "שלום",
    "नमस्ते",
    "क्ष",
    "สวัสดี",
    "日本語",
    "。",
    "「",
    "😀",
    "👩‍👩‍👧‍👦",
    "🇪",
    "🇺",
    "❤\u{FE0F}",
    "\u{FE0F}",
    "\u{200D}",
    "\u{200B}",
    "\u{200F}",
    "\u{202E}",
    "\u{2066}",
    "\u{A0}",
    "\u{3000}",
    "\t",
    "\u{0}",
    "\u{E000}",
    "\u{10FFFF}",
    "…",
    "1\u{FE0F}\u{20E3}",
];

fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

fn texts() -> impl Strategy<Value = Text> {
    let wraps = prop::sample::select(&[Wrap::Normal, Wrap::Balance, Wrap::Pretty, Wrap::None, Wrap::Anywhere][..]);
    let overflows =
        prop::sample::select(&[None, Some(Overflow::Ellipsis), Some(Overflow::Clip), Some(Overflow::Visible)][..]);
    let aligns = prop::sample::select(&[TextAlign::Start, TextAlign::Justify, TextAlign::Center][..]);
    let lists = prop::sample::select(&[ListStyle::None, ListStyle::Number][..]);
    let most = prop::option::of(1_u32..4);
    (words(), words(), wraps, overflows, aligns, lists, most).prop_map(
        |(first, second, wrap, overflow, align, list, most)| {
            let mut text = text(&first);
            let mut other = text.spans[0].clone();
            other.text = second;
            other.style.size = 31.0;
            other.style.letter_spacing = 0.05;
            text.spans.push(other);
            text.fit = Fit { mode: FitMode::Shrink, ..Fit::default() };
            Text { wrap, overflow, align, list, max_lines: most, ..text }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_placed(text in texts(), width in 0.0_f64..300.0, height in prop::option::of(0.0_f64..200.0)) {
        let mut cx = TextContext::new();
        let prepared = cx.prepare(fonts(), &text);
        let k = prepared.fit(&mut cx, width, height);
        let (least, greatest) = prepared.fit_bounds();
        prop_assert!(least <= k && k <= greatest);
        let placed = prepared.place(&mut cx, k, width, height);
        prop_assert!(!placed.lines.is_empty());
        prop_assert!(placed.lines.windows(2).all(|pair| pair[0].rect.y1 <= pair[1].rect.y0 + 1e-6));
        for run in &placed.runs {
            for glyph in &run.glyphs {
                prop_assert!(run.text.get(glyph.range.clone()).is_some_and(|cluster| !cluster.is_empty()));
                prop_assert!(glyph.x.is_finite() && glyph.y.is_finite());
            }
        }
        if placed.truncated.is_none() && text.max_lines.is_none() && text.align != TextAlign::Justify {
            let measured = prepared.measure(&mut cx, k, Some(width)).width;
            prop_assert!((measured - placed.width).abs() < 1e-6, "measured {measured}, placed {}", placed.width);
        }
        if placed.truncated.is_none() && !placed.overflows {
            let shown: String = placed.lines.iter().flat_map(|line| line.shown().chars()).filter(|c| !c.is_whitespace()).collect();
            let given: String = text.spans.iter().flat_map(|span| span.text.chars()).filter(|c| !c.is_whitespace() && !c.is_control() && *c != '\u{200B}').collect();
            prop_assert_eq!(shown.replace(['-', '\u{AD}', '\u{200B}'], ""), given.replace(['-', '\u{AD}'], ""));
        }
    }

    #[test]
    fn wrapped_lines_stay_within_the_width(words in words(), width in 60.0_f64..300.0) {
        let found = widths(&words, width);
        // A line of a single grapheme may be wider; here none is.
        prop_assert!(found.lines.iter().all(|line| *line <= width + 0.02), "{found:?}");
        prop_assert!((found.measured - found.widest()).abs() < 1e-6, "{found:?}");
        prop_assert_eq!(found.hugged, found.lines.len(), "{:?}", found);
        prop_assert!(!found.breaks_word_at_widest, "{found:?}");
    }
}

/// How wide a text comes out, and whether it was measured so.
#[derive(Debug)]
struct Widths {
    lines: Vec<f64>,
    measured: f64,
    /// Lines in a box as wide as was measured.
    hugged: usize,
    /// Whether a box as wide as the widest word breaks a word.
    breaks_word_at_widest: bool,
}

impl Widths {
    fn widest(&self) -> f64 {
        self.lines.iter().copied().fold(0.0, f64::max)
    }
}

fn widths(words: &str, width: f64) -> Widths {
    let mut cx = TextContext::new();
    let prepared = cx.prepare(fonts(), &text(words));
    let measured = prepared.measure(&mut cx, 1.0, Some(width));
    let placed = prepared.place(&mut cx, 1.0, width, None);
    Widths {
        lines: placed.lines.iter().map(|line| line.rect.width()).collect(),
        measured: measured.width,
        hugged: prepared.measure(&mut cx, 1.0, Some(measured.width)).lines,
        breaks_word_at_widest: prepared.place(&mut cx, 1.0, measured.widest_word, None).word_broken.is_some(),
    }
}

/// Where these lines break, their last letters are wider than they were in their paragraph.
#[test]
fn lines_that_are_shaped_anew_stay_within_the_width() {
    for (words, width) in [
        ("50%…123", 60.0),
        ("fi。((。…Office ", 84.057_361_186_937_95),
        ("é((123123wordfié\u{E000}\u{E000}مرحبا", 204.612_448_329_624_7),
    ] {
        // In each word, too, wherever it is cut.
        for width in [width, width - 10.0, width / 2.0, 40.0] {
            let found = widths(words, width);
            assert!(found.widest() <= width + 0.02, "{words:?} {width} {found:?}");
            assert!((found.measured - found.widest()).abs() < 1e-6, "{words:?} {width} {found:?}");
            assert_eq!(found.hugged, found.lines.len(), "{words:?} {width} {found:?}");
        }
    }
}

#[test]
fn long_texts_take_no_more_than_their_share() {
    let start = Instant::now();
    let unbroken = "x".repeat(50_000);
    let lines = "a\n".repeat(6_000);
    let marked = "marked text ".repeat(2_000);
    let kerned = "AV".repeat(10_000);
    let hyphenated = "To\u{AD}".repeat(8_000);
    for words in [&unbroken, &lines, &marked, &kerned, &hyphenated] {
        let mut text = text(words);
        text.list = ListStyle::Number;
        text.fit.mode = FitMode::Shrink;
        assert!(place(&text, 40.0, None).lines.len() > 3_000);
        text.wrap = Wrap::None;
        text.max_lines = Some(100_000);
        assert!(place(&text, 20.0, None).truncated.is_some());
    }
    // What takes time by the square of the length would take minutes.
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}
