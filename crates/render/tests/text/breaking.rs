//! Where lines break. The paragraphs of several scripts, and where their lines begin and end, are those of Chromium
//! with the same fonts.

use std::collections::BTreeSet;

use handbill_template::resolved::{Text, Wrap};

use crate::support::{extents, place, shown_lines, style, text};

#[test]
fn words_wrap_at_the_width() {
    let placed = place(&text("The quick brown fox jumps over the lazy dog"), 200.0, None);
    assert_eq!(shown_lines(&placed), ["The quick brown fox", "jumps over the lazy", "dog"]);
    assert_eq!(placed.height, 72.0);
    assert_eq!(placed.word_broken, None);
    assert!(!placed.overflows);
}

type Lines = &'static [(&'static str, f64, f64)];

#[test]
fn paragraphs_break_as_in_a_browser() {
    // words, width, and per line: what it shows, its left and right end
    let cases: [(&str, f64, Lines); 9] = [
        (
            "The quick brown fox jumps over the lazy dog — and then, surprisingly, it sat down for a well-earned rest; \
             who'd have thought?",
            400.0,
            &[
                ("The quick brown fox jumps", 0.0, 358.0),
                ("over the lazy dog — and then,", 0.0, 396.5),
                ("surprisingly, it sat down for a", 0.0, 382.3),
                ("well-earned rest; who'd have", 0.0, 385.3),
                ("thought?", 0.0, 116.3),
            ],
        ),
        (
            "Visit https://example.com/a/very/long/path?query=1&other=two-three or mail someone@example.org. 12-34, -5 \
             and 1/2.",
            300.0,
            &[
                ("Visit", 0.0, 56.8),
                ("https://example.com/a", 0.0, 297.7),
                ("/very/long/path?", 0.0, 217.4),
                ("query=1&other=two-", 0.0, 273.1),
                ("three or mail", 0.0, 165.3),
                ("someone@example.or", 0.0, 296.0),
                ("g. 12-34, -5 and 1/2.", 0.0, 265.8),
            ],
        ),
        (
            "مرحبًا بالعالم، هذا نص عربي طويل نسبيًا لاختبار التفاف الأسطر والتشكيل الصحيح للحروف المتصلة.",
            400.0,
            &[
                ("مرحبًا بالعالم، هذا نص عربي طويل", 27.3, 400.0),
                ("نسبيًا لاختبار التفاف الأسطر", 95.8, 400.0),
                ("والتشكيل الصحيح للحروف المتصلة.", 1.7, 400.0),
            ],
        ),
        (
            "النسخة 2.0 من Handbill متاحة الآن (مجانًا) بسعر 25% أقل من iPhone 15 Pro!",
            360.0,
            &[
                ("النسخة 2.0 من Handbill متاحة", 1.4, 360.0),
                ("الآن (مجانًا) بسعر 25% أقل من", 8.8, 360.0),
                ("iPhone 15 Pro!", 172.6, 360.0),
            ],
        ),
        (
            "שלום עולם, זהו טקסט בעברית עם מספרים 123 ומילים English באמצע המשפט.",
            400.0,
            &[
                ("שלום עולם, זהו טקסט בעברית עם", 0.5, 400.0),
                ("מספרים 123 ומילים English", 65.2, 400.0),
                ("באמצע המשפט.", 208.9, 400.0),
            ],
        ),
        (
            "नमस्ते दुनिया, यह हिन्दी का एक लंबा वाक्य है जो पंक्तियों के टूटने और संयुक्ताक्षरों की जाँच करता है। क्षत्रिय ज्ञान श्री",
            400.0,
            &[
                ("नमस्ते दुनिया, यह हिन्दी का एक लंबा", 0.0, 367.6),
                ("वाक्य है जो पंक्तियों के टूटने और", 0.0, 327.2),
                ("संयुक्ताक्षरों की जाँच करता है। क्षत्रिय", 0.0, 366.8),
                ("ज्ञान श्री", 0.0, 75.7),
            ],
        ),
        (
            "สวัสดีชาวโลก นี่คือข้อความภาษาไทยที่ยาวพอสมควรเพื่อทดสอบการตัดบรรทัดโดยไม่มีช่องว่างระหว่างคำ",
            400.0,
            &[
                ("สวัสดีชาวโลก นี่คือข้อความภาษาไทย", 0.0, 393.7),
                ("ที่ยาวพอสมควรเพื่อทดสอบการตัด", 0.0, 375.6),
                ("บรรทัดโดยไม่มีช่องว่างระหว่างคำ", 0.0, 358.7),
            ],
        ),
        (
            "これは日本語の文章です。「改行」のテスト（括弧つき）を行います。カタカナ、ひらがな、漢字、そしてEnglishも混ざっています。ー長音やっょゃ。",
            400.0,
            &[
                ("これは日本語の文章です。「改", 0.0, 389.2),
                ("行」のテスト（括弧つき）を行", 0.0, 392.0),
                ("います。カタカナ、ひらがな、", 0.0, 387.8),
                ("漢字、そしてEnglishも混ざっ", 0.0, 374.6),
                ("ています。ー長音やっょゃ。", 0.0, 360.6),
            ],
        ),
        (
            "First paragraph is left to right.\nالفقرة الثانية من اليمين إلى اليسار.\n\nThird.",
            400.0,
            &[
                ("First paragraph is left to right.", 0.0, 391.2),
                ("الفقرة الثانية من اليمين إلى اليسار.", 17.8, 400.0),
                ("", 0.0, 0.0),
                ("Third.", 0.0, 76.7),
            ],
        ),
    ];
    for (words, width, lines) in cases {
        let placed = place(&in_size(words, 28.0), width, None);
        assert_eq!(shown_lines(&placed), lines.iter().map(|line| line.0).collect::<Vec<_>>());
        assert_eq!(extents(&placed), lines.iter().map(|line| (line.1, line.2)).collect::<Vec<_>>(), "{words}");
    }
}

fn in_size(words: &str, size: f64) -> Text {
    let mut text = text(words);
    text.base = style("Inter", size);
    text.spans[0].style = text.base.clone();
    text
}

/// At every width: marks that close stay with what is before them, those that open with what is after.
#[test]
fn no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() {
    const NEVER_FIRST: &str = "、。，．：；！？）」』】〉》・ーヽ々";
    const NEVER_LAST: &str = "（「『【〈《";
    // The longest pieces that must hold together are of five letters.
    for (lang, words) in [
        (
            "ja",
            "彼は「はい」。と言い、『本（新版）』を、人々のいる部屋・廊下へ運んだ！　【注意】サーバーは「動く」？そう。",
        ),
        ("zh-Hans", "他说：“很好”。《书》（新版），在〈第一章〉里；真的吗？是的！【注】见「下」、『上』。"),
        ("zh-Hant", "他說：「很好」。《書》（新版），在〈第一章〉裡；真的嗎？是的！【註】見「下」、『上』。"),
    ] {
        let mut sizes_of_lines = BTreeSet::new();
        for width in (100..480).step_by(7).map(f64::from) {
            let mut text = text(words);
            text.lang = lang.to_owned();
            let placed = place(&text, width, None);
            let lines = shown_lines(&placed);
            assert_eq!(placed.word_broken, None, "{lang}, {width}");
            assert_eq!(lines.concat().replace('\u{3000}', ""), words.replace('\u{3000}', ""), "nothing is lost");
            for line in &lines {
                sizes_of_lines.insert(line.chars().count());
                let (first, last) = (line.chars().next(), line.chars().next_back());
                assert!(first.is_none_or(|mark| !NEVER_FIRST.contains(mark)), "{lang}, {width}: {lines:?}");
                assert!(last.is_none_or(|mark| !NEVER_LAST.contains(mark)), "{lang}, {width}: {lines:?}");
            }
        }
        assert!(sizes_of_lines.len() > 15, "lines break between any two letters otherwise: {sizes_of_lines:?}");
    }
}

#[test]
fn thai_breaks_between_words() {
    const WORDS: [&str; 25] = [
        "สวัสดี",
        "ชาว",
        "โลก",
        " ",
        "นี่",
        "คือ",
        "ข้อความ",
        "ภาษา",
        "ไทย",
        "ที่",
        "ยาว",
        "พอ",
        "สมควร",
        "เพื่อ",
        "ทดสอบ",
        "การ",
        "ตัด",
        "บรรทัด",
        "โดย",
        "ไม่",
        "มี",
        "ช่อง",
        "ว่าง",
        "ระหว่าง",
        "คำ",
    ];
    let words = WORDS.concat();
    let ends: Vec<usize> = (1..=WORDS.len()).map(|count| WORDS[..count].concat().len()).collect();
    let mut met = BTreeSet::new();
    for width in (90..500).step_by(9).map(f64::from) {
        let mut text = text(&words);
        text.lang = "th".to_owned();
        let placed = place(&text, width, None);
        assert_eq!(placed.word_broken, None, "{width}");
        for line in &placed.lines {
            assert!(ends.contains(&line.range.end), "{width}: {:?} ends within a word", line.shown());
            met.insert(line.range.end);
        }
    }
    assert!(met.len() > 10, "words are told apart, not only spaces: {met:?}");
}

#[test]
fn without_wrapping_a_paragraph_is_a_line() {
    let mut text = text("The quick brown fox\njumps over the lazy dog");
    text.wrap = Wrap::None;
    let placed = place(&text, 50.0, None);
    assert_eq!(shown_lines(&placed), ["The quick brown fox", "jumps over the lazy dog"]);
    assert!(placed.overflows, "the lines are wider than the box");
}

#[test]
fn empty_lines_stand() {
    let placed = place(&text("one\n\ntwo\n"), 200.0, None);
    assert_eq!(shown_lines(&placed), ["one", "", "two", ""]);
    assert_eq!(placed.height, 96.0);
}

#[test]
fn line_ends_of_all_kinds_start_a_paragraph() {
    for words in ["a\nb", "a\r\nb", "a\rb", "a\u{2028}b", "a\u{2029}b"] {
        assert_eq!(shown_lines(&place(&text(words), 200.0, None)), ["a", "b"], "{words:?}");
    }
    assert_eq!(shown_lines(&place(&text("a\tb\u{7}c"), 200.0, None)), ["a bc"]);
}

#[test]
fn spaces_at_the_end_of_a_line_hang() {
    let placed = place(&text("word   \nword"), 200.0, None);
    assert_eq!(placed.lines[0].rect.width(), placed.lines[1].rect.width());
    // They do not push the next word further than one would.
    assert_eq!(shown_lines(&place(&text("word          word"), 60.0, None)), ["word", "word"]);
}

#[test]
fn a_word_wider_than_the_box_is_broken_and_told() {
    let mut text = text("an Incomprehensibilities end");
    let placed = place(&text, 100.0, None);
    assert_eq!(shown_lines(&placed), ["an", "Incompre", "hensibiliti", "es end"]);
    assert_eq!(placed.word_broken.as_deref(), Some("Incomprehensibilities"));
    text.wrap = Wrap::Anywhere;
    assert_eq!(place(&text, 100.0, None).word_broken, None, "it may break anywhere");
}

#[test]
fn a_grapheme_is_never_broken() {
    let placed = place(&text("👩‍👩‍👧‍👦👩‍👩‍👧‍👦é\u{301}é\u{301}"), 1.0, None);
    assert_eq!(shown_lines(&placed), ["👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦", "é\u{301}", "é\u{301}"]);
    assert!(placed.overflows);
}

#[test]
fn a_soft_hyphen_shows_where_a_line_ends() {
    let text = text("Donau\u{AD}dampf\u{AD}schiff\u{AD}fahrt");
    assert_eq!(shown_lines(&place(&text, 150.0, None)), ["Donau\u{AD}dampf\u{AD}", "schiff\u{AD}fahrt"]);
    let placed = place(&text, 400.0, None);
    assert_eq!(placed.lines.len(), 1);
    assert_eq!(place(&self::text("Donaudampfschifffahrt"), 400.0, None).width, placed.width);
}

#[test]
fn lines_at_a_factor_are_those_of_the_scaled_width() {
    let words = text("Lines at factor k of width w are the lines at factor one of width w / k, whatever k may be.");
    let mut cx = handbill_render::text::TextContext::new();
    let prepared = cx.prepare(crate::support::fonts(), &words);
    for k in [0.31, 0.5, 0.77, 1.0, 1.9] {
        let scaled = prepared.place(&mut cx, k, 250.0, None);
        let plain = prepared.place(&mut cx, 1.0, 250.0 / k, None);
        assert_eq!(shown_lines(&scaled), shown_lines(&plain));
        assert!((scaled.height - plain.height * k).abs() < 1e-6);
        let measured = prepared.measure(&mut cx, k, Some(250.0));
        assert_eq!(
            (measured.lines, measured.height, measured.width),
            (scaled.lines.len(), scaled.height, scaled.width)
        );
    }
}

#[test]
fn a_box_as_wide_as_its_text_does_not_wrap_it_again() {
    let text = text("A box that hugs its lines is given back the width that was measured, rounded to 32 bits.");
    let mut cx = handbill_render::text::TextContext::new();
    let prepared = cx.prepare(crate::support::fonts(), &text);
    for width in (60..400).step_by(7) {
        let measured = prepared.measure(&mut cx, 1.0, Some(f64::from(width)));
        let hugged = f64::from(measured.width as f32 - 0.001);
        assert_eq!(prepared.measure(&mut cx, 1.0, Some(hugged)).lines, measured.lines, "{width}");
    }
}

#[test]
fn balanced_lines_are_as_narrow_as_their_number_allows() {
    let mut text = in_size("Balanced headline that would otherwise leave one word alone", 40.0);
    let normal = place(&text, 540.0, None);
    assert_eq!(shown_lines(&normal), ["Balanced headline that", "would otherwise leave one", "word alone"]);
    text.wrap = Wrap::Balance;
    let balanced = place(&text, 540.0, None);
    assert_eq!(shown_lines(&balanced), ["Balanced headline", "that would otherwise", "leave one word alone"]);
}

#[test]
fn pretty_lines_leave_no_short_last_one() {
    let mut text = in_size("Some words that end with a line of only one short alas", 28.0);
    let normal = place(&text, 350.0, None);
    assert_eq!(shown_lines(&normal), ["Some words that end with", "a line of only one short", "alas"]);
    text.wrap = Wrap::Pretty;
    let pretty = place(&text, 350.0, None);
    assert_eq!(shown_lines(&pretty), ["Some words that", "end with a line of", "only one short alas"]);
    // A last line that is long enough stays as it is.
    let mut text = in_size("Some words that end with a line of rather more verbosity", 28.0);
    let normal = place(&text, 350.0, None);
    text.wrap = Wrap::Pretty;
    assert_eq!(shown_lines(&place(&text, 350.0, None)), shown_lines(&normal));
}
