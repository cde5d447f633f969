//! Spans: cases, letter spacing, decorations, highlights.

use handbill_template::resolved::{Color, Decoration, Highlight, HighlightPer, Paint, Rgba, TextCase};

use crate::support::{place, shown_lines, span, style, text};

#[test]
fn cases_follow_the_language() {
    use TextCase::{Lower, None, Title, Upper};
    for (case, language, words, shown) in [
        (None, "en", "As It is", "As It is"),
        (Upper, "en", "straße, ﬁn", "STRASSE, FIN"),
        (Upper, "tr", "istanbul ışık", "İSTANBUL IŞIK"),
        (Upper, "en", "istanbul", "ISTANBUL"),
        (Lower, "tr", "IŞIK İZMİR", "ışık izmir"),
        (Lower, "el", "ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        (Upper, "el", "Οδυσσεύς, άνθρωπος", "ΟΔΥΣΣΕΥΣ, ΑΝΘΡΩΠΟΣ"),
        (Title, "en", "it's a new day for iPhones", "It's A New Day For IPhones"),
        (Upper, "el-GR", "μαΐου, ή όχι", "ΜΑΪΟΥ, Ή ΟΧΙ"),
        (Upper, "en", "άνθρωπος", "ΆΝΘΡΩΠΟΣ"),
        (Title, "nl", "ijsland is ver", "IJsland Is Ver"),
        (Title, "nl-BE", "ijs", "IJs"),
        (Title, "en", "ijsland", "Ijsland"),
        (Title, "tr-TR", "izmir ılık", "İzmir Ilık"),
        (Upper, "az", "bakı şəhəri", "BAKI ŞƏHƏRİ"),
        (Lower, "lt", "Ì Í Ĩ", "i\u{307}\u{300} i\u{307}\u{301} i\u{307}\u{303}"),
        (Lower, "en", "Ì Í Ĩ", "ì í ĩ"),
        (Upper, "lt", "i\u{307}\u{300}", "I\u{300}"),
        (Upper, "en", "i\u{307}\u{300}", "I\u{307}\u{300}"),
        (Title, "en", "ǆungla", "ǅungla"),
        (Upper, "ar", "مرحبا", "مرحبا"),
    ] {
        let mut text = text(words);
        text.lang = language.to_owned();
        text.spans[0].style.text_case = case;
        assert_eq!(shown_lines(&place(&text, 900.0, Option::None)), [shown], "{language}");
    }
}

#[test]
fn a_word_in_two_spans_is_capitalized_once() {
    let mut title = style("Inter", 20.0);
    title.text_case = TextCase::Title;
    let mut text = text("");
    text.spans = vec![span("hand", title.clone()), span("bill rocks", title)];
    assert_eq!(shown_lines(&place(&text, 900.0, None)), ["Handbill Rocks"]);
}

#[test]
fn ranges_are_those_of_the_cased_text() {
    let mut text = text("weiß");
    text.spans[0].style.text_case = TextCase::Upper;
    let placed = place(&text, 900.0, None);
    let run = &placed.runs[0];
    assert_eq!(&*run.text, "WEISS");
    let letters: Vec<&str> = run.glyphs.iter().map(|glyph| &run.text[glyph.range.clone()]).collect();
    assert_eq!(letters, ["W", "E", "I", "S", "S"]);
}

#[test]
fn letter_spacing_is_between_clusters_only() {
    let width = |words: &str, spacing: f64| {
        let mut text = text(words);
        text.spans[0].style.letter_spacing = spacing;
        place(&text, 900.0, None).width
    };
    // 0.1 em of 20 px, once less than there are letters
    assert!((width("HANDS", 0.1) - width("HANDS", 0.0) - 8.0).abs() < 1e-6);
    assert_eq!(width("H", 0.1), width("H", 0.0));
    assert!((width("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 0.5) - width("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 0.0) - 10.0).abs() < 1e-6);
    assert_eq!(width("مرحبا", 0.1), width("مرحبا", 0.0), "joined letters stay joined");
}

#[test]
fn letter_spacing_takes_ligatures_apart() {
    let glyphs = |spacing: f64| {
        let mut text = text("office");
        text.spans[0].style = style("Lora", 20.0);
        text.spans[0].style.letter_spacing = spacing;
        place(&text, 900.0, None).runs[0].glyphs.len()
    };
    assert_eq!((glyphs(0.0), glyphs(0.05)), (5, 6));
}

#[test]
fn spans_of_one_shape_kern_with_each_other() {
    let mut text = text("");
    text.spans = vec![span("A", style("Inter", 40.0)), span("V", style("Inter", 40.0))];
    let two = place(&text, 900.0, None);
    let mut one = self::text("AV");
    one.spans[0].style = style("Inter", 40.0);
    assert_eq!(two.width, place(&one, 900.0, None).width);
    assert_eq!(two.runs.iter().map(|run| run.span).collect::<Vec<_>>(), [Some(0), Some(1)]);
}

#[test]
fn decorations_lie_where_the_font_says() {
    for (decoration, from, to) in [(Decoration::Underline, 0.5, 5.0), (Decoration::LineThrough, -8.0, -4.0)] {
        let mut text = text("");
        let mut lined = style("Inter", 20.0);
        lined.decoration = decoration;
        text.spans = vec![span("plain ", style("Inter", 20.0)), span("lined words wrap", lined)];
        let placed = place(&text, 120.0, None);
        assert_eq!(placed.decorations.len(), 2, "one per line");
        for (rule, line) in placed.decorations.iter().zip(&placed.lines) {
            let (top, bottom) = (rule.rect.y0 - line.baseline, rule.rect.y1 - line.baseline);
            assert!(from <= top && bottom <= to && top < bottom, "{decoration:?}: {top} to {bottom}");
            assert_eq!(rule.span, Some(1));
            assert!((rule.rect.x1 - line.rect.x1).abs() < 1e-3);
        }
        assert!(placed.decorations[0].rect.x0 > 50.0, "the first span is plain");
        assert_eq!(placed.decorations[1].rect.x0, 0.0);
    }
}

fn highlight(per: HighlightPer) -> Highlight {
    Highlight { fill: Paint::Solid(Color::Rgba(Rgba::BLACK)), padding: [1.0, 2.0, 3.0, 4.0], corner_radius: 0.0, per }
}

#[test]
fn highlights_go_around_lines_or_the_block() {
    let mut text = text("one\n\nlonger");
    text.highlight = Some(highlight(HighlightPer::Line));
    let lines = place(&text, 300.0, None);
    assert_eq!(lines.highlights.len(), 2, "an empty line has none");
    let (first, line) = (&lines.highlights[0], &lines.lines[0]);
    assert_eq!((first.rect.x0, first.span), (-4.0, None));
    assert!((first.rect.x1 - line.rect.x1 - 2.0).abs() < 1e-6);
    assert!(first.rect.y0 < line.baseline - 15.0 && first.rect.y1 > line.baseline + 5.0);
    text.highlight = Some(highlight(HighlightPer::Block));
    let block = place(&text, 300.0, None);
    assert_eq!(block.highlights.len(), 1);
    assert_eq!(block.highlights[0].rect, lines.highlights[0].rect.union(lines.highlights[1].rect));
}

#[test]
fn a_marked_span_has_its_own_box() {
    let mut text = text("");
    text.spans =
        vec![span("a ", style("Inter", 20.0)), span("mark", style("Inter", 20.0)), span(" b", style("Inter", 20.0))];
    text.spans[1].highlight = Some(highlight(HighlightPer::Line));
    let placed = place(&text, 300.0, None);
    assert_eq!(placed.highlights.len(), 1);
    assert_eq!(placed.highlights[0].span, Some(1));
    let mark = &placed.runs[1];
    assert!((placed.highlights[0].rect.x0 + 4.0 - f64::from(mark.glyphs[0].x)).abs() < 1e-3);
}
