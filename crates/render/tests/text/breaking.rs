//! Where lines break.

use handbill_template::resolved::Wrap;

use crate::support::{place, shown_lines, text};

#[test]
fn words_wrap_at_the_width() {
    let placed = place(&text("The quick brown fox jumps over the lazy dog"), 200.0, None);
    assert_eq!(shown_lines(&placed), ["The quick brown fox", "jumps over the lazy", "dog"]);
    assert_eq!(placed.height, 72.0);
    assert_eq!(placed.word_broken, None);
}

#[test]
fn nothing_wraps_without_wrapping() {
    let mut text = text("The quick brown fox\njumps over the lazy dog");
    text.wrap = Wrap::None;
    assert_eq!(shown_lines(&place(&text, 50.0, None)), ["The quick brown fox", "jumps over the lazy dog"]);
}

#[test]
fn empty_lines_stand() {
    let placed = place(&text("one\n\ntwo\n"), 200.0, None);
    assert_eq!(shown_lines(&placed), ["one", "", "two", ""]);
    assert_eq!(placed.height, 96.0);
}

#[test]
fn scripts_without_spaces_wrap_by_their_own_rules() {
    for (words, width, lines) in [
        ("これは日本語の文章です。改行されます。", 200.0, &["これは日本語の文章で", "す。改行されます。"][..]),
        ("สวัสดีชาวโลกยินดีต้อนรับ", 130.0, &["สวัสดีชาวโลก", "ยินดีต้อนรับ"]),
    ] {
        assert_eq!(shown_lines(&place(&text(words), width, None)), lines);
    }
}
