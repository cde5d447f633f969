//! What shows of text that does not fit.

use handbill_render::text::Truncation;
use handbill_template::resolved::{Direction, Overflow, Wrap};

use crate::support::{place, shown_lines, span, style, text};

#[test]
fn the_last_line_ends_in_an_ellipsis() {
    // words, width, lines allowed, what shows
    let cases: [(&str, f64, u32, &[&str]); 12] = [
        ("short", 200.0, 1, &["short"]),
        ("two words", 60.0, 2, &["two", "words"]),
        ("The quick brown fox jumps", 200.0, 1, &["The quick brown fo…"]),
        ("The quick brown fox jumps over the lazy dog", 200.0, 2, &["The quick brown fox", "jumps over the laz…"]),
        ("First,\nsecond", 200.0, 1, &["First…"]),
        ("Really?! Yes, they said so", 80.0, 1, &["Really…"]),
        ("Up 50% in total", 95.0, 1, &["Up 50%…"]),
        ("A trailing blank line\n\n", 250.0, 1, &["A trailing blank line"]),
        ("Incomprehensibilities", 100.0, 1, &["Incompr…"]),
        ("wide", 1.0, 1, &["…"]),
        ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦 family", 60.0, 1, &["👩‍👩‍👧‍👦👩‍👩‍👧‍👦…"]),
        ("日本語の文章です。改行されます。", 150.0, 1, &["日本語の文章…"]),
    ];
    for (words, width, max_lines, shown) in cases {
        let mut text = text(words);
        text.max_lines = Some(max_lines);
        let placed = place(&text, width, None);
        assert_eq!(shown_lines(&placed), shown, "{words}");
        let is_cut = shown.last().is_some_and(|line| line.ends_with('…'));
        assert_eq!(placed.truncated.is_some(), is_cut, "{words}");
        assert_eq!(placed.lines.last().is_some_and(|line| line.ellipsis), is_cut, "{words}");
        if width > 10.0 {
            assert!(placed.lines.iter().all(|line| line.rect.width() <= width + 0.1), "{words} leaves its box");
        }
    }
}

#[test]
fn what_was_cut_is_told() {
    let mut text = text("One line\nand another, which is too long");
    text.max_lines = Some(2);
    let truncated = place(&text, 150.0, None).truncated;
    assert_eq!(
        truncated,
        Some(Truncation {
            from: "One line\nand another, which is too long".to_owned(),
            to: "One line\nand another…".to_owned(),
        })
    );
}

#[test]
fn right_to_left_text_is_cut_at_its_logical_end() {
    let mut text = text("هذا نص عربي طويل جدا يتم قصه بعد سطر");
    text.max_lines = Some(1);
    let placed = place(&text, 170.0, None);
    assert_eq!(shown_lines(&placed), ["هذا نص عربي طوي…"]);
    // The ellipsis stands at the left end, the text begins at the right edge of the box.
    let leftmost = placed.runs.iter().flat_map(|run| run.glyphs.iter().map(move |glyph| (glyph.x, run, glyph)));
    let (_, run, glyph) = leftmost.min_by(|a, b| a.0.total_cmp(&b.0)).expect("glyphs");
    assert_eq!(&run.text[glyph.range.clone()], "…");
    assert!((placed.lines[0].rect.x1 - 170.0).abs() < 1e-6);
    // The letter before the cut has lost its neighbour: it is not drawn joined to it.
    let whole = place(&self::text("هذا نص عربي طوي"), 200.0, None);
    let glyph_of_last = |placed: &handbill_render::text::PlacedText| {
        let last = "هذا نص عربي طو".len();
        let mut glyphs = placed.runs.iter().flat_map(|run| &run.glyphs);
        glyphs.find(|glyph| glyph.range.start == last).map(|glyph| glyph.id)
    };
    assert!(glyph_of_last(&placed).is_some());
    assert_eq!(glyph_of_last(&placed), glyph_of_last(&whole));
}

#[test]
fn the_ellipsis_stands_where_its_paragraph_ends() {
    // direction, words, width, lines allowed, whether the ellipsis is the leftmost glyph, else it is the rightmost
    let cases = [
        (Direction::Auto, "שלום עולם, זהו טקסט ארוך מספיק כדי להישבר לכמה שורות", 170.0, 2, true),
        (Direction::Auto, "اقرأ المزيد عن Handbill and everything that it can do", 240.0, 1, true),
        (Direction::Rtl, "English words in a box that reads from the right", 200.0, 1, true),
        (Direction::Auto, "Read more ثم كلمات عربية كثيرة حتى النهاية", 220.0, 1, false),
        (Direction::Ltr, "شركة كبيرة في مدينة بعيدة عن البحر", 150.0, 1, false),
    ];
    for (direction, words, width, max_lines, on_the_left) in cases {
        let mut text = text(words);
        (text.direction, text.max_lines) = (direction, Some(max_lines));
        let placed = place(&text, width, None);
        assert_eq!(placed.lines.len(), max_lines as usize, "{words}");
        let last = placed.lines.last().expect("a line");
        assert!(last.ellipsis && last.shown().ends_with('…'), "{words}: {}", last.shown());
        assert!(last.rect.x0 >= -0.1 && last.rect.x1 <= width + 0.1, "{words}: {:?}", last.rect);
        let mut glyphs: Vec<_> = placed
            .runs
            .iter()
            .flat_map(|run| run.glyphs.iter().map(move |glyph| (glyph, &run.text[glyph.range.clone()])))
            .filter(|(glyph, _)| (f64::from(glyph.y) - last.baseline).abs() < 5.0)
            .collect();
        glyphs.sort_by(|a, b| a.0.x.total_cmp(&b.0.x));
        assert!(glyphs.len() > 5, "{words}");
        let at_the_end = if on_the_left { glyphs.first() } else { glyphs.last() };
        assert_eq!(at_the_end.map(|found| found.1), Some("…"), "{words}");
    }
}

#[test]
fn the_height_bounds_the_lines_and_the_first_is_always_drawn() {
    let words = "The quick brown fox jumps over the lazy dog";
    for (height, shown) in [
        (72.0, &["The quick brown fox", "jumps over the lazy", "dog"][..]),
        (71.0, &["The quick brown fox", "jumps over the laz…"]),
        (48.0, &["The quick brown fox", "jumps over the laz…"]),
        (47.0, &["The quick brown fo…"]),
        (3.0, &["The quick brown fo…"]),
    ] {
        let placed = place(&text(words), 200.0, Some(height));
        assert_eq!(shown_lines(&placed), shown, "{height}");
        assert_eq!(placed.overflows, height < 72.0);
    }
}

#[test]
fn the_ellipsis_takes_the_style_before_it() {
    let mut text = text("");
    let big = style("Playfair Display", 30.0);
    text.spans = vec![span("Small then ", style("Inter", 20.0)), span("big words that go on", big)];
    text.max_lines = Some(1);
    let placed = place(&text, 230.0, None);
    let last = placed.runs.last().expect("runs");
    assert_eq!((last.span, last.size), (Some(1), 30.0));
    assert!(last.text.ends_with('…'));
    // Cut back into the first span, it takes that one's.
    let placed = place(&text, 80.0, None);
    assert_eq!(shown_lines(&placed), ["Small…"]);
    assert_eq!(placed.runs.last().and_then(|run| run.span), Some(0));
}

#[test]
fn unwrapped_lines_are_cut_at_the_width() {
    let mut text = text("A long first line\nshort\nA long third line");
    text.wrap = Wrap::None;
    text.overflow = Some(Overflow::Ellipsis);
    assert_eq!(shown_lines(&place(&text, 100.0, None)), ["A long fi…", "short", "A long t…"]);
}

#[test]
fn other_overflows() {
    let words = "The quick brown fox jumps over the lazy dog";
    // overflow, lines drawn, clipped
    for (overflow, lines, clip) in [
        (Overflow::Visible, 3, false),
        (Overflow::Error, 3, false),
        (Overflow::Clip, 3, true),
        (Overflow::Ellipsis, 1, false),
    ] {
        let mut text = text(words);
        text.overflow = Some(overflow);
        let placed = place(&text, 200.0, Some(30.0));
        assert_eq!((placed.lines.len(), placed.clip, placed.overflows), (lines, clip, true), "{overflow:?}");
    }
    let mut text = text(words);
    text.overflow = Some(Overflow::Clip);
    text.max_lines = Some(2);
    let placed = place(&text, 200.0, None);
    assert_eq!(shown_lines(&placed), ["The quick brown fox", "jumps over the lazy"]);
    assert_eq!(placed.truncated.map(|cut| cut.to).as_deref(), Some("The quick brown fox jumps over the lazy"));
}
