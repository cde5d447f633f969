//! Which characters each glyph stands for: what is copied out of a PDF depends on it.

use std::collections::BTreeSet;

use handbill_render::text::PlacedText;

use crate::support::{in_family, place, text};

/// The clusters of a text's lines, in logical order.
fn clusters(placed: &PlacedText) -> Vec<&str> {
    let ranges: BTreeSet<(usize, usize)> =
        placed.runs.iter().flat_map(|run| &run.glyphs).map(|glyph| (glyph.range.start, glyph.range.end)).collect();
    let text = &placed.lines[0].text;
    ranges.into_iter().map(|(start, end)| &text[start..end]).collect()
}

#[test]
fn ligatures_stand_for_all_their_letters() {
    for (family, words, expected) in [
        ("Lato", "finish", &["fi", "n", "i", "s", "h"][..]),
        ("Lora", "office", &["o", "f", "fi", "c", "e"]),
        ("Inter", "مرحبًا", &["م", "ر", "ح", "بً", "ا"]),
        ("Inter", "لا", &["ل", "ا"]),
        ("Inter", "क्षत्रिय", &["क्ष", "त्रि", "य"]),
        ("Inter", "👩‍👩‍👧‍👦🇪🇺1️⃣", &["👩‍👩‍👧‍👦", "🇪🇺", "1️⃣"]),
        ("Inter", "é", &["é"]),
        ("Inter", "e\u{301}a", &["e\u{301}", "a"]),
    ] {
        assert_eq!(clusters(&place(&in_family(family, words), 900.0, None)), expected, "{words}");
    }
}

#[test]
fn every_character_that_shows_belongs_to_exactly_one_cluster() {
    for words in [
        "Office workflows: final “findings” at 50%.",
        "مرحبًا بالعالم (2.0) مع Handbill و English.",
        "שלום עולם 123, hello!",
        "नमस्ते दुनिया, संयुक्ताक्षरों की जाँच। श्री",
        "สวัสดีชาวโลก น้ำใจ",
        "日本語とemoji 😀👍🏽👩‍👩‍👧‍👦❤️🏳️‍🌈1️⃣🇪🇺。",
    ] {
        for width in [60.0, 150.0, 900.0] {
            let placed = place(&text(words), width, None);
            let ranges: BTreeSet<(usize, usize)> = placed
                .runs
                .iter()
                .flat_map(|run| &run.glyphs)
                .map(|glyph| (glyph.range.start, glyph.range.end))
                .collect();
            let mut ranges = ranges.into_iter();
            for line in &placed.lines {
                let mut at = line.range.start;
                while at < line.range.end {
                    let (start, end) = ranges.next().expect("a cluster for every character");
                    assert_eq!(start, at, "in {words:?} at {width}");
                    at = end;
                }
                assert_eq!(at, line.range.end, "in {words:?} at {width}");
            }
            assert_eq!(ranges.next(), None);
        }
    }
}

#[test]
fn glyphs_stand_in_visual_order_and_do_not_overlap() {
    let placed = place(&text("Latin مرحبا بالعالم 123 again"), 900.0, None);
    let xs: Vec<f32> = placed.runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.x + glyph.advance).collect();
    assert!(xs.windows(2).all(|pair| pair[0] <= pair[1] + 0.01), "{xs:?}");
    let arabic = placed.runs.iter().find(|run| run.right_to_left).expect("Arabic");
    let starts: Vec<usize> = arabic.glyphs.iter().map(|glyph| glyph.range.start).collect();
    assert!(starts.windows(2).all(|pair| pair[0] >= pair[1]), "right to left: {starts:?}");
    // A number inside Arabic reads from left to right, left of the words before it.
    let x_of = |words: &str| {
        let at = "Latin مرحبا بالعالم 123 again".find(words).expect("is there");
        placed.runs.iter().flat_map(|run| &run.glyphs).find(|glyph| glyph.range.start == at).expect("drawn").x
    };
    assert!(x_of("123") < x_of("مرحبا"));
    assert!(x_of("again") > x_of("مرحبا"));
}
