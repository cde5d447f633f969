//! Emoji sequences (UTS #51): each one glyph of a colour font, whatever the fonts around it; and what stays text.

use handbill_render::fonts::{FaceSource, FontLibrary};
use handbill_render::text::{PlacedText, TextContext};
use handbill_template::resolved::Text;

use crate::bundled::bundled;
use crate::support::{in_family, text};

/// One sequence each, drawn as one glyph.
const SEQUENCES: &[(&str, &[&str])] = &[
    ("a character that is an emoji", &["😀", "🚀", "⌚", "✅", "⭐", "🫠", "〽️"]),
    ("a text character with VS16", &["❤️", "☺️", "☎️", "✈️", "©️", "™️", "ℹ️", "↔️", "㊗️", "‼️"]),
    ("keycaps", &["0️⃣", "1️⃣", "9️⃣", "#️⃣", "*️⃣", "1⃣", "#⃣"]),
    ("flags", &["🇪🇺", "🇩🇪", "🇯🇵", "🇺🇳"]),
    ("tag sequences", &["🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"]),
    ("skin tones", &["👍🏻", "👍🏽", "👍🏿", "☝🏽", "✌🏾", "⛹🏼", "🫱🏿"]),
    ("joined sequences", &["👩‍👩‍👧‍👦", "👨‍👩‍👦", "👩‍❤️‍👨", "👩‍❤️‍💋‍👨", "❤️‍🔥", "🏳️‍🌈", "🏴‍☠️", "👁️‍🗨️", "🧑‍💻", "👩🏽‍🚀", "⛹🏻‍♀️", "🧑🏻‍❤️‍🧑🏿", "🐻‍❄️", "🐦‍⬛"]),
    (
        "sequences whose selectors were left out",
        &[
            "❤\u{200D}🔥",
            "🏳\u{200D}🌈",
            "🏴\u{200D}☠",
            "👁\u{200D}🗨",
            "⛹🏻\u{200D}♀",
            "👩\u{200D}❤\u{200D}💋\u{200D}👨",
            "🐻\u{200D}❄",
        ],
    ),
];

/// Characters that are text unless VS16 says otherwise.
const TEXTS: &[&str] = &["1", "9", "#", "*", "©", "®", "™", "©\u{FE0E}", "™\u{FE0E}"];

fn place(fonts: &FontLibrary, text: &Text) -> (PlacedText, Vec<String>) {
    let mut cx = TextContext::new();
    let prepared = cx.prepare(fonts, text);
    let missing = prepared.missing_glyphs().to_vec();
    (prepared.place(&mut cx, 1.0, 2000.0, None), missing)
}

/// The family and the number of glyphs of a placed text's runs.
fn runs<'f>(fonts: &'f FontLibrary, placed: &PlacedText) -> Vec<(&'f str, usize)> {
    placed.runs.iter().map(|run| (fonts.face(run.face).family(), run.glyphs.len())).collect()
}

/// Fonts of which the first also has hearts, digits and the like, as documents bring them.
fn with_own_face() -> FontLibrary {
    let noto = handbill_bundle::default_faces().iter().find(|face| face.family == "Noto Sans" && face.covers('©'));
    let bytes: std::sync::Arc<[u8]> = noto.expect("is embedded").data.into();
    let own = FaceSource::from_file("Inter", None, false, &bytes).expect("is a font");
    bundled(true).with_document_faces(vec![own]).0
}

#[test]
fn a_sequence_is_one_glyph_of_the_colour_font() {
    for fonts in [bundled(false), bundled(true), &with_own_face()] {
        for (kind, sequences) in SEQUENCES {
            for sequence in *sequences {
                for family in ["Inter", "Anton", "Playfair Display", "No such family"] {
                    let (placed, missing) = place(fonts, &in_family(family, sequence));
                    assert_eq!(runs(fonts, &placed), [("Twemoji", 1)], "{kind}: {sequence} in {family}");
                    assert!(missing.is_empty() && (placed.width - 20.0).abs() < 0.5, "{sequence}: {}", placed.width);
                }
            }
        }
    }
}

#[test]
fn text_around_a_sequence_stays_in_its_family() {
    for sequence in SEQUENCES.iter().flat_map(|(_, sequences)| *sequences) {
        let fonts = bundled(false);
        let (placed, _) = place(fonts, &text(&format!("a{sequence}b 1{sequence}{sequence}")));
        let found: Vec<(&str, usize)> = runs(fonts, &placed);
        assert_eq!(found, [("Inter", 1), ("Twemoji", 1), ("Inter", 3), ("Twemoji", 2)], "{sequence}");
    }
}

#[test]
fn what_is_not_asked_for_as_an_emoji_is_text() {
    for words in TEXTS {
        let (placed, missing) = place(bundled(false), &text(words));
        assert_eq!(runs(bundled(false), &placed)[0].0, "Inter", "{words}");
        assert!(missing.is_empty(), "{words}");
    }
}

#[test]
fn without_a_colour_font_sequences_are_told_as_missing() {
    let faces = handbill_bundle::default_faces().iter().filter(|face| face.family == "Inter");
    let source = |face: &handbill_bundle::BundledFace| {
        FaceSource::embedded(face.family, face.weight, face.italic, face.data, face.unicode_ranges)
    };
    let inter = FontLibrary::new(faces.map(source)).expect("the embedded fonts are fonts");
    for sequence in ["😀", "👩‍👩‍👧‍👦", "🇪🇺", "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"] {
        assert_eq!(place(&inter, &text(&format!("a {sequence} b"))).1, [sequence]);
    }
    assert!(place(&inter, &text("©️ 1")).1.is_empty(), "what the text font has is drawn as text");
}
