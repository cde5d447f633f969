//! What people write can be drawn: scripts and symbols by cover, emoji sequences by shaping with the emoji font.

use handbill_bundle::{BundledFace, EMOJI_FAMILY, FALLBACK_FAMILIES, LAST_RESORT_FAMILY, default_faces, extra_faces};
use harfrust::{FontRef, ShaperData, UnicodeBuffer};
use skrifa::MetadataProvider;

fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200D}' | '\u{FE0F}')
}

#[track_caller]
fn assert_covered(text: &str, faces: &[&BundledFace]) {
    let missing: Vec<char> =
        text.chars().filter(|&c| !is_joiner(c) && !faces.iter().any(|face| face.covers(c))).collect();
    assert!(missing.is_empty(), "{text:?}: no face has {missing:?}");
}

#[test]
fn the_default_set_covers_latin_greek_cyrillic_devanagari_symbols_and_emoji() {
    let faces: Vec<&BundledFace> = default_faces().iter().collect();
    for text in [
        "Zażółć gęślą jaźń, Đặng Trần, naïve façade – “quoted” … €₹₺₿",
        "Ελληνικά, Українська, Қазақша",
        "नमस्ते दुनिया",
        "→ ← ↑ ↓ ↗ ➜ ✓ ✔ ✗ ★ ☆ ● ■ ▲ ▶ ◆ ☐ ☑ ① ❶ ♪",
        "❤️ 👩‍👩‍👧‍👦 🏳️‍🌈 1️⃣ 🇪🇺",
    ] {
        assert_covered(text, &faces);
    }
}

#[cfg(feature = "extra-fonts")]
#[test]
fn the_extra_pack_adds_scripts_and_mathematics() {
    let faces: Vec<&BundledFace> = default_faces().iter().chain(extra_faces()).collect();
    for text in ["مرحبًا بالعالم", "שלום", "こんにちは世界", "カタカナ、漢字。", "สวัสดีชาวโลก", "≠ ≤ ≥ ∞ √ ∑ ≈"]
    {
        assert_covered(text, &faces);
    }
}

/// Without emoji: characters of the extra scripts must be found in the families that the engine will ask.
#[cfg(feature = "extra-fonts")]
#[test]
fn the_fallback_families_are_enough() {
    let all: Vec<&BundledFace> = default_faces().iter().chain(extra_faces()).collect();
    for family in FALLBACK_FAMILIES {
        assert!(all.iter().any(|face| face.family == *family), "{family} is not embedded");
    }
    let fallback: Vec<&BundledFace> =
        all.iter().copied().filter(|face| FALLBACK_FAMILIES.contains(&face.family)).collect();
    for text in ["مرحبًا بالعالم", "שלום", "नमस्ते दुनिया", "こんにちは世界", "สวัสดีชาวโลก", "→ ✓ ★ ≠ ∞", "Žluťoučký кůň"]
    {
        assert_covered(text, &fallback);
    }
}

#[cfg(not(feature = "extra-fonts"))]
#[test]
fn without_the_feature_there_are_no_extra_faces() {
    assert!(extra_faces().is_empty());
    assert_eq!(FALLBACK_FAMILIES[0], LAST_RESORT_FAMILY);
}

#[test]
fn the_last_resort_is_in_the_default_set() {
    assert!(default_faces().iter().any(|face| face.family == LAST_RESORT_FAMILY && face.covers('A')));
}

fn emoji_face() -> &'static BundledFace {
    let mut faces = default_faces().iter().filter(|face| face.family == EMOJI_FAMILY);
    let face = faces.next().expect("the emoji font is in the default set");
    assert!(faces.next().is_none(), "the emoji font is one file");
    face
}

/// The glyphs that take room.
fn shape(face: &BundledFace, text: &str) -> Vec<u32> {
    let font = FontRef::new(face.data).expect("the emoji font can be read");
    let data = ShaperData::new(&font);
    let shaper = data.shaper(&font).build();
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    let shaped = shaper.shape(buffer, Default::default());
    let positions = shaped.glyph_positions();
    let wide = |(_, position): &(_, &harfrust::GlyphPosition)| position.x_advance != 0;
    shaped.glyph_infos().iter().zip(positions).filter(wide).map(|(info, _)| info.glyph_id).collect()
}

#[test]
fn an_emoji_sequence_is_one_glyph_in_colour() {
    let face = emoji_face();
    let font = skrifa::FontRef::new(face.data).expect("the emoji font can be read");
    let cases = [
        ("emoji", "😀"),
        ("VS16 after a text symbol", "❤️"),
        ("family of four by ZWJ", "👩‍👩‍👧‍👦"),
        ("flag by ZWJ", "🏳️‍🌈"),
        ("pirate flag", "🏴‍☠️"),
        ("keycap", "1️⃣"),
        ("keycap of a sign", "#️⃣"),
        ("flag of regional indicators", "🇪🇺"),
        ("flag by tags", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
        ("skin tone", "👍🏽"),
        ("skin tone and profession", "👩🏾‍🚀"),
        ("couple with two skin tones", "👩🏻‍❤️‍👨🏿"),
        ("Unicode 15", "🫨"),
    ];
    for (what, text) in cases {
        let glyphs = shape(face, text);
        assert_eq!(glyphs.len(), 1, "{what}: {text} became {glyphs:?}");
        let glyph = skrifa::GlyphId::new(glyphs[0]);
        assert!(font.color_glyphs().get(glyph).is_some(), "{what}: {text} has no colour layers");
    }
}

#[test]
fn sequences_that_are_not_one_emoji_stay_apart() {
    for (text, count) in [("😀😀", 2), ("🇪🇺🇩🇪", 2), ("1️⃣2️⃣", 2), ("❤️👍🏽", 2)] {
        assert_eq!(shape(emoji_face(), text).len(), count, "{text}");
    }
}
