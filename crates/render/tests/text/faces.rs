//! Which faces draw what.

use std::sync::Arc;

use handbill_render::fonts::FaceSource;
use handbill_render::text::{FontFallback, TextContext};
use handbill_template::resolved::Text;

use crate::bundled::bundled;
use crate::support::{families, fonts, in_family, place, text};

#[test]
fn each_cluster_takes_the_first_family_that_has_it() {
    for (family, words, expected) in [
        ("Inter", "Hello", &["Inter"][..]),
        ("Inter", "Съешь ещё, Ξεσκεπάζω", &["Inter"]),
        ("Anton", "Anton Съешь", &["Anton", "Oswald"]),
        ("Inter", "مرحبًا", &["Noto Sans Arabic"]),
        ("Inter", "שלום", &["Noto Sans Hebrew"]),
        ("Inter", "नमस्ते", &["Noto Sans Devanagari"]),
        ("Inter", "สวัสดี", &["Noto Sans Thai"]),
        ("Inter", "こんにちは世界", &["Noto Sans JP"]),
        ("Inter", "Hi 世界", &["Inter", "Noto Sans JP"]),
        ("Playfair Display", "→ ∑", &["Noto Sans Symbols", "Playfair Display", "Lora"]),
    ] {
        let placed = place(&in_family(family, words), 500.0, None);
        assert_eq!(families(&placed), expected, "{words}");
    }
}

#[test]
fn emoji_sequences_are_drawn_in_colour_and_text_is_not() {
    for (words, expected) in [
        ("😀", "Twemoji"),
        ("❤\u{FE0F}", "Twemoji"),
        ("👩‍👩‍👧‍👦", "Twemoji"),
        ("🏳\u{FE0F}‍🌈", "Twemoji"),
        ("1\u{FE0F}\u{20E3}", "Twemoji"),
        ("#\u{20E3}", "Twemoji"),
        ("🇪🇺", "Twemoji"),
        ("👍🏽", "Twemoji"),
        ("☝🏽", "Twemoji"),
        ("🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "Twemoji"),
        ("1", "Inter"),
        ("#", "Inter"),
        ("©", "Inter"),
        ("™", "Inter"),
    ] {
        assert_eq!(families(&place(&text(words), 500.0, None)), [expected], "{words}");
    }
    for words in ["❤", "❤\u{FE0E}", "☎", "★"] {
        assert_ne!(families(&place(&text(words), 500.0, None)), ["Twemoji"], "{words}");
    }
}

#[test]
fn an_emoji_is_one_em_wide_and_one_glyph() {
    for words in ["😀", "❤\u{FE0F}", "👩‍👩‍👧‍👦", "🏳\u{FE0F}‍🌈", "1\u{FE0F}\u{20E3}", "🇪🇺", "👍🏽"]
    {
        let placed = place(&text(words), 500.0, None);
        assert!((placed.width - 20.0).abs() < 0.01, "{words} is {} px wide", placed.width);
        assert_eq!(placed.runs[0].glyphs.len(), 1, "{words}");
    }
}

#[test]
fn a_family_that_does_not_exist_is_told() {
    let mut cx = TextContext::new();
    for (asked, used) in [("Georgia", "Lora"), ("Courier New", "JetBrains Mono"), ("Nonesuch", "Inter")] {
        let prepared = cx.prepare(fonts(), &in_family(asked, "words"));
        let fallback = FontFallback { asked: asked.to_owned(), used: used.to_owned() };
        assert_eq!(prepared.font_fallbacks(), [fallback]);
        assert_eq!(families(&prepared.place(&mut cx, 1.0, 500.0, None)), [used]);
    }
    assert_eq!(cx.prepare(fonts(), &in_family("inter", "words")).font_fallbacks(), [], "case does not matter");
}

#[test]
fn missing_characters_are_named_once_and_drawn_as_boxes() {
    let mut cx = TextContext::new();
    let prepared = cx.prepare(bundled(false), &text("Hi שלום, שש! น้ำ 😀 \u{E000}\u{200D} \u{2009}end"));
    assert_eq!(prepared.missing_glyphs(), ["ש", "ל", "ו", "ם", "น้ำ", "\u{E000}\u{200D}"]);
    let placed = prepared.place(&mut cx, 1.0, 900.0, None);
    let missing = placed.runs.iter().flat_map(|run| &run.glyphs).filter(|glyph| glyph.id == 0).count();
    assert!(missing >= 9, "{missing} boxes");
    let full = cx.prepare(fonts(), &text("Hi שלום, שש! น้ำ 😀"));
    assert!(full.missing_glyphs().is_empty());
}

#[test]
fn composed_and_decomposed_letters_find_the_same_face() {
    for words in ["é", "e\u{301}", "Å", "A\u{30A}", "ệ", "e\u{323}\u{302}"] {
        let mut cx = TextContext::new();
        let prepared = cx.prepare(fonts(), &text(words));
        assert!(prepared.missing_glyphs().is_empty(), "{words}");
        assert_eq!(families(&prepared.place(&mut cx, 1.0, 500.0, None)), ["Inter"], "{words}");
    }
}

#[test]
fn weights_are_axes_or_faces_and_italics_slant_only_when_there_are_none() {
    let run = |family: &str, weight: f64, italic: bool| {
        let mut text = in_family(family, "a");
        text.spans[0].style.weight = weight;
        text.spans[0].style.italic = italic;
        let placed = place(&text, 500.0, None);
        let run = &placed.runs[0];
        let face = fonts().face(run.face);
        (face.weight(), face.italic(), run.skew > 0.0, !run.coords.is_empty())
    };
    // (weights of the face, its slant, slanted by us, axes set)
    assert_eq!(run("Inter", 400.0, false), ((100, 900), false, false, false));
    assert_eq!(run("Inter", 650.0, false), ((100, 900), false, false, true));
    assert_eq!(run("Inter", 400.0, true), ((100, 900), true, false, false));
    assert_eq!(run("Anton", 900.0, true), ((400, 400), false, true, false));
    assert_eq!(run("Poppins", 450.0, false), ((500, 500), false, false, false));
    assert_eq!(run("Poppins", 300.0, false), ((400, 400), false, false, false));
    assert_eq!(run("Poppins", 550.0, false), ((600, 600), false, false, false));
    assert_eq!(run("Poppins", 950.0, false), ((800, 800), false, false, false));
    assert_eq!(run("Lato", 100.0, false), ((300, 300), false, false, false));
    assert_eq!(run("Lato", 900.0, true), ((700, 700), true, false, false));
}

#[test]
fn axes_and_features_change_what_is_drawn() {
    let width = |change: &dyn Fn(&mut Text)| {
        let mut text = in_family("Inter", "1111 fi fl");
        change(&mut text);
        place(&text, 500.0, None).width
    };
    let plain = width(&|_| {});
    assert!(width(&|text| text.spans[0].style.axes = vec![("wght".to_owned(), 800.0)]) > plain);
    assert!(width(&|text| text.spans[0].style.features = vec!["tnum".to_owned()]) > plain);
    assert_eq!(width(&|text| text.spans[0].style.features = vec!["nonsense".to_owned()]), plain);
}

#[test]
fn a_documents_family_hides_one_of_the_same_name() {
    let anton = handbill_bundle::default_faces().iter().find(|face| face.family == "Anton").expect("is embedded");
    let bytes: Arc<[u8]> = Arc::from(anton.data);
    let mine = FaceSource::from_file("Inter", None, false, &bytes).expect("is a font");
    assert_eq!(mine.weight, (400, 400));
    assert_eq!(FaceSource::from_file("Inter", Some(900.0), false, &bytes).expect("is a font").weight, (900, 900));
    let variable = handbill_bundle::default_faces().iter().find(|face| face.family == "Inter").expect("is embedded");
    let range =
        FaceSource::from_file("Inter", Some(900.0), false, &Arc::from(variable.data)).expect("is a font").weight;
    assert_eq!(range, (100, 900), "an axis serves all its weights");
    let damaged = FaceSource { data: Arc::new(b"no font at all"), ..mine.clone() };
    let (library, errors) = fonts().with_document_faces(vec![mine, damaged]);
    assert_eq!(errors.len(), 1);
    let mut cx = TextContext::new();
    let theirs = cx.prepare(&library, &text("Hello")).place(&mut cx, 1.0, 500.0, None);
    let narrow = place(&in_family("Anton", "Hello"), 500.0, None);
    assert_eq!(theirs.width, narrow.width);
    assert_ne!(place(&text("Hello"), 500.0, None).width, narrow.width, "the library itself is as it was");
}
