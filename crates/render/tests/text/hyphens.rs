//! Words divided between syllables, and what a hyphen does to widths, letter spacing and the text that is copied.

use handbill_render::text::TextContext;
use handbill_template::resolved::{Fit, FitMode, Overflow, Text, TextAlign, Wrap};
use skrifa::MetadataProvider;

use crate::support::{fonts, place, shown_lines, span, style, text};

fn hyphenated(words: &str, lang: &str) -> Text {
    let mut text = text(words);
    text.lang = lang.to_owned();
    text.spans[0].style.hyphenate = true;
    text
}

/// All divisions of the words, by a box that only one syllable fits into.
fn syllables(words: &str, lang: &str) -> String {
    let placed = place(&hyphenated(words, lang), 1.0, None);
    let mut whole = String::new();
    for line in &placed.lines {
        match line.shown().strip_suffix('\u{AD}') {
            Some(shown) => whole.push_str(&format!("{shown}-")),
            None => whole.push_str(line.shown()),
        }
    }
    whole
}

#[test]
fn words_are_divided_by_the_patterns_of_their_language() {
    for (lang, words, divided) in [
        ("en", "extraordinary", "ex-tra-or-di-nary"),
        ("en-GB", "hyphenation", "hy-phen-ation"),
        ("de", "Silbentrennung", "Sil-ben-tren-nung"),
        ("de-AT", "SILBENTRENNUNG", "SIL-BEN-TREN-NUNG"),
        ("fr", "extraordinaire", "ex-tra-or-di-naire"),
        ("es", "extraordinario", "ex-tra-or-di-na-rio"),
        ("el", "διαμερίσματα", "δια-με-ρί-σματα"),
        ("nb", "ordbokartikkel", "ord-bokar-tik-kel"),
        ("tr", "karşılaştırma", "kar-şı-laş-tırma"),
    ] {
        assert_eq!(syllables(words, lang), divided, "{lang}");
    }
    assert_eq!(place(&hyphenated("hyphenation", "en"), 66.0, None).word_broken, None);
    let unknown = place(&hyphenated("hyphenation", "ja"), 66.0, None);
    assert!(unknown.word_broken.is_some(), "without patterns a word breaks where it must");
}

#[test]
fn a_hyphen_is_seen_but_is_no_letter_of_the_text() {
    for family in ["Inter", "Noto Sans"] {
        let mut text = hyphenated("extraordinary", "en");
        text.spans[0].style.family = family.to_owned();
        let placed = place(&text, 70.0, None);
        let stands_for = |run: &&handbill_render::text::PlacedRun| &run.text[run.glyphs[0].range.clone()] == "\u{AD}";
        let run = placed.runs.iter().find(stands_for).expect("a hyphen");
        let face = fonts().face(run.face);
        let charmap = face.font().charmap();
        let own = charmap.map('\u{2010}').or_else(|| charmap.map('-')).expect("the family has a hyphen");
        assert_eq!((face.family(), run.glyphs[0].id), (family, own.to_u32()));
        assert!(run.glyphs[0].advance > 2.0);
        let whole: String = placed.lines.iter().map(|line| line.shown().replace('\u{AD}', "")).collect();
        assert_eq!(whole, "extraordinary");
    }
}

#[test]
fn what_is_no_word_stays_whole() {
    for words in [
        "https://example.org/extraordinary",
        "someone@extraordinary.com",
        "extraordinary.com",
        "@extraordinary",
        "#extraordinary",
    ] {
        let placed = place(&hyphenated(words, "en"), 120.0, None);
        assert!(
            placed.lines.iter().all(|line| !line.shown().contains('\u{AD}')),
            "{words}: {:?}",
            shown_lines(&placed)
        );
    }
    // The least letters: two before, three after; in short words nothing.
    assert!(
        !place(&hyphenated("into only even", "en"), 1.0, None).lines.iter().any(|line| line.shown().contains('\u{AD}'))
    );
    let mut off = hyphenated("extraordinary", "en");
    off.spans[0].style.hyphenate = false;
    assert!(place(&off, 70.0, None).word_broken.is_some(), "nothing is divided unasked");
}

#[test]
fn a_words_own_soft_hyphens_say_where_it_divides() {
    let placed = place(&hyphenated("extra\u{AD}ordinary", "en"), 90.0, None);
    assert_eq!(shown_lines(&placed), ["extra\u{AD}", "ordinary"]);
}

#[test]
fn a_span_may_keep_its_words_whole() {
    let mut text = hyphenated("extraordinary ", "en");
    let keeps = style("Inter", 20.0);
    text.spans.push(span("Extraordinary", keeps));
    text.spans[1].style.hyphenate = true;
    let narrow = place(&text, 100.0, None);
    assert!(narrow.word_broken.is_none(), "{:?}", shown_lines(&narrow));
    text.spans[1].style.hyphenate = false;
    let narrow = place(&text, 100.0, None);
    assert_eq!(narrow.word_broken.as_deref(), Some("Extraordinary"));
}

#[test]
fn hyphens_are_within_the_measure() {
    let words = "Internationalization considerations notwithstanding, representatives characteristically underestimated \
                 administrative responsibilities.";
    for spacing in [0.0, 0.1] {
        for align in [TextAlign::Start, TextAlign::Justify] {
            let mut text = hyphenated(words, "en");
            text.align = align;
            text.spans[0].style.letter_spacing = spacing;
            let mut cx = TextContext::new();
            let prepared = cx.prepare(fonts(), &text);
            for width in [120.0, 160.0, 200.0, 260.0] {
                let placed = prepared.place(&mut cx, 1.0, width, None);
                assert_eq!(prepared.measure(&mut cx, 1.0, Some(width)).lines, placed.lines.len());
                let right =
                    placed.runs.iter().flat_map(|run| &run.glyphs).map(|glyph| f64::from(glyph.x + glyph.advance));
                assert!(right.fold(0.0, f64::max) <= width + 0.05, "{width}");
                assert!(placed.lines.iter().any(|line| line.shown().ends_with('\u{AD}')));
                if align == TextAlign::Justify {
                    let ends = placed
                        .lines
                        .iter()
                        .filter(|line| line.shown().ends_with('\u{AD}') && line.shown().contains(' '));
                    assert!(ends.clone().all(|line| (line.rect.x1 - width).abs() < 0.1), "justified to its hyphen");
                }
            }
        }
    }
}

#[test]
fn fitting_divides_before_it_shrinks_and_a_cut_line_has_no_hyphen() {
    let mut text = hyphenated("Donaudampfschifffahrtsgesellschaft", "de");
    text.fit = Fit { mode: FitMode::Shrink, ..Fit::default() };
    let mut cx = TextContext::new();
    assert_eq!(cx.prepare(fonts(), &text).fit(&mut cx, 150.0, None), 1.0);
    text.spans[0].style.hyphenate = false;
    assert!(cx.prepare(fonts(), &text).fit(&mut cx, 150.0, None) < 0.6);

    let mut text = hyphenated("Donaudampfschifffahrtsgesellschaft", "de");
    text.max_lines = Some(1);
    text.overflow = Some(Overflow::Ellipsis);
    let placed = place(&text, 150.0, None);
    assert_eq!(placed.lines.len(), 1);
    assert!(
        placed.lines[0].shown().ends_with('…') && !placed.lines[0].shown().contains('\u{AD}'),
        "{:?}",
        shown_lines(&placed)
    );
}

#[test]
fn balancing_adds_no_hyphens() {
    let mut text = hyphenated("Extraordinary considerations need two lines", "en");
    let normal = place(&text, 300.0, None);
    assert_eq!(normal.lines.len(), 2);
    let hyphens = |placed: &handbill_render::text::PlacedText| {
        placed.lines.iter().filter(|line| line.shown().ends_with('\u{AD}')).count()
    };
    text.wrap = Wrap::Balance;
    let balanced = place(&text, 300.0, None);
    assert!(hyphens(&balanced) <= hyphens(&normal), "{:?}", shown_lines(&balanced));
}

/// As CSS: what is not seen has no letter spacing.
#[test]
fn what_is_not_seen_takes_no_letter_spacing() {
    let width = |words: &str| {
        let mut text = text(words);
        text.spans[0].style.letter_spacing = 0.5;
        place(&text, 900.0, None).width
    };
    for unseen in ["To\u{AD}do", "To\u{2060}do", "To\u{200E}do", "Todo\u{200E}", "To\u{200B}do"] {
        assert!((width(unseen) - width("Todo")).abs() < 0.01, "{unseen:?}: {} for {}", width(unseen), width("Todo"));
    }
}

#[test]
fn anywhere_hugs_the_widest_letter_as_it_stands_alone() {
    for words in ["مرحبا", "AVAVAV", "office"] {
        let mut text = text(words);
        text.wrap = Wrap::Anywhere;
        let mut cx = TextContext::new();
        let prepared = cx.prepare(fonts(), &text);
        let least = prepared.measure(&mut cx, 1.0, Some(0.0)).widest_word;
        let placed = prepared.place(&mut cx, 1.0, least, None);
        let widest = placed.lines.iter().map(|line| line.rect.width()).fold(0.0, f64::max);
        assert!((widest - least).abs() < 0.01, "{words}: {widest} in {least}");
        assert!(!placed.overflows);
    }
}
