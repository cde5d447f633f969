//! Where lines stand in their box.

use handbill_render::text::{PlacedLine, PlacedText};
use handbill_template::resolved::{Direction, ListStyle, Overflow, TextAlign, VerticalAlign};
use kurbo::{Rect, Shape};

use crate::support::{extents, place, shown_lines, span, style, text};

#[test]
fn lines_align_by_their_paragraphs_direction() {
    let width = place(&text("line"), 200.0, None).width;
    let arabic = place(&text("سطر"), 200.0, None).width;
    let round = |x: f64| (x * 10.0).round() / 10.0;
    for (align, latin_left, arabic_left) in [
        (TextAlign::Start, 0.0, 200.0 - arabic),
        (TextAlign::End, 200.0 - width, 0.0),
        (TextAlign::Center, 100.0 - width / 2.0, 100.0 - arabic / 2.0),
        (TextAlign::Justify, 0.0, 200.0 - arabic),
    ] {
        let mut text = text("line\nسطر");
        text.align = align;
        let lefts: Vec<f64> = extents(&place(&text, 200.0, None)).into_iter().map(|extent| extent.0).collect();
        assert_eq!(lefts, [round(latin_left), round(arabic_left)], "{align:?}");
    }
}

#[test]
fn a_direction_can_be_given() {
    let mut text = text("line!");
    text.direction = Direction::Rtl;
    let placed = place(&text, 200.0, None);
    assert!((placed.lines[0].rect.x1 - 200.0).abs() < 1e-6);
    let leftmost = placed.runs.iter().flat_map(|run| &run.glyphs).min_by(|a, b| a.x.total_cmp(&b.x)).expect("glyphs");
    assert_eq!(leftmost.range, 4..5, "the exclamation mark is at the left end");
}

#[test]
fn justified_lines_fill_the_width_but_for_the_last() {
    for (words, lines) in [
        ("Justified text over a few lines, to see whether the spaces stretch as they should.", 5),
        ("日本語の両端揃え。これは日本語の文章です。「改行」のテスト（括弧つき）を行います。", 5),
        ("نص عربي طويل نسبيا لاختبار ضبط الأسطر على الجانبين معا كما ينبغي", 3),
    ] {
        let mut text = text(words);
        text.align = TextAlign::Justify;
        let placed = place(&text, 210.0, None);
        let widths: Vec<f64> = placed.lines.iter().map(|line| line.rect.width()).collect();
        assert_eq!(widths.len(), lines, "{words}");
        assert!(widths[..lines - 1].iter().all(|width| (width - 210.0).abs() < 1e-6), "{words}: {widths:?}");
        assert!(widths[lines - 1] < 209.0, "{words}");
        let right =
            placed.runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.x + glyph.advance).fold(0.0, f32::max);
        assert!((right - 210.0).abs() < 0.5, "{words}: glyphs end at {right}");
    }
}

#[test]
fn text_stands_in_its_boxs_height() {
    // 24 px of text
    for (align, height, overflow, top) in [
        (VerticalAlign::Top, 100.0, None, 0.0),
        (VerticalAlign::Middle, 100.0, None, 38.0),
        (VerticalAlign::Bottom, 100.0, None, 76.0),
        (VerticalAlign::Middle, 10.0, None, 0.0),
        (VerticalAlign::Bottom, 10.0, Some(Overflow::Visible), -14.0),
    ] {
        let mut text = text("line");
        text.vertical_align = align;
        text.overflow = overflow;
        assert!((place(&text, 200.0, Some(height)).lines[0].rect.y0 - top).abs() < 1e-9, "{align:?} in {height}");
    }
}

#[test]
fn a_line_is_as_high_as_its_largest_size_says_and_fallbacks_do_not_move_it() {
    let plain = place(&text("Hello"), 300.0, None);
    let mixed = place(&text("Hello 😀 สวัสดี مرحبا"), 300.0, None);
    assert_eq!(plain.height, 24.0);
    assert_eq!((mixed.height, mixed.lines[0].baseline), (plain.height, plain.lines[0].baseline));
    let mut text = text("");
    text.spans = vec![
        span("small ", style("Inter", 20.0)),
        span("BIG", style("Inter", 50.0)),
        span(" small", style("Inter", 20.0)),
    ];
    let placed = place(&text, 100.0, None);
    let heights: Vec<f64> = placed.lines.iter().map(|line| line.rect.height()).collect();
    assert_eq!(heights, [24.0, 60.0, 24.0]);
    let same_line = place(&text, 400.0, None);
    assert_eq!(same_line.height, 60.0);
    // All glyphs of the line stand on one baseline, that of the big ones alone.
    assert!(
        same_line
            .runs
            .iter()
            .flat_map(|run| &run.glyphs)
            .all(|glyph| (f64::from(glyph.y) - same_line.lines[0].baseline).abs() < 1e-4)
    );
    let mut big = self::text("BIG");
    big.spans[0].style.size = 50.0;
    big.spans[0].style.line_height = 1.2;
    assert_eq!(same_line.lines[0].baseline, place(&big, 400.0, None).lines[0].baseline);
}

#[test]
fn paragraphs_stand_apart() {
    let mut text = text("one\ntwo\nthree");
    text.paragraph_spacing = 0.5;
    let tops: Vec<f64> = place(&text, 300.0, None).lines.iter().map(|line| line.rect.y0).collect();
    assert_eq!(tops, [0.0, 34.0, 68.0]);
}

#[test]
fn lists_hang_their_marks_beside_the_first_line() {
    for style in [ListStyle::Disc, ListStyle::Number, ListStyle::Check] {
        let mut text = text("A first item that wraps\nsecond\nثالث");
        text.list = style;
        let placed = place(&text, 200.0, None);
        let lefts: Vec<f64> = placed.lines.iter().map(|line| line.rect.x0).collect();
        assert_eq!(lefts[..3], [30.0, 30.0, 30.0], "1.5 em");
        assert_eq!(placed.lines[3].rect.x1, 170.0, "from the right");
        let marks: Vec<f64> = if style == ListStyle::Check {
            placed.marks.iter().map(|mark| mark.path.bounding_box().center().x).collect()
        } else {
            let runs = placed.runs.iter().filter(|run| matches!(&*run.text, "•" | "1." | "2." | "3."));
            runs.map(|run| run.glyphs.iter().map(|glyph| f64::from(glyph.x)).fold(f64::MAX, f64::min)).collect()
        };
        assert!(marks.len() == 3 || style == ListStyle::Number, "{style:?}: {marks:?}");
        assert!(marks[0] > 0.0 && marks[0] < 30.0 && marks[marks.len() - 1] > 170.0, "{style:?}: {marks:?}");
    }
}

#[test]
fn lists_that_read_from_the_right_have_their_marks_there() {
    for style in [ListStyle::Disc, ListStyle::Number, ListStyle::Check] {
        let mut text = text("عنصر أول طويل ينكسر على سطرين أو أكثر\nفريق ثان\nשורה שלישית");
        text.list = style;
        let placed = place(&text, 200.0, None);
        assert!(placed.lines.len() > 3, "the first paragraph wraps: {:?}", shown_lines(&placed));
        assert!(placed.lines.iter().all(|line| (line.rect.x1 - 170.0).abs() < 0.1), "all lines end at the indent");
        let firsts: Vec<&PlacedLine> = placed.lines.iter().filter(|line| line.range.start == 0).collect();
        let marks = mark_boxes(&placed);
        assert_eq!((marks.len(), firsts.len()), (3, 3), "{style:?}");
        for (mark, line) in marks.into_iter().zip(firsts) {
            assert!(mark.x0 > 170.0 && mark.x1 < 200.0, "{style:?}: {mark:?}");
            assert!(mark.y1 > line.rect.y0 && mark.y1 < line.rect.y1, "{style:?}: beside the first line, {mark:?}");
        }
        let numbers = placed.runs.iter().filter(|run| run.mark && &*run.text == "1.");
        let numbers =
            numbers.flat_map(|run| run.glyphs.iter().map(move |glyph| (glyph, &run.text[glyph.range.clone()])));
        let x_of = |sign: &str| numbers.clone().find(|found| found.1 == sign).map(|found| found.0.x);
        assert!(style != ListStyle::Number || x_of(".") < x_of("1"), "the dot follows its number, to the left");
    }
}

/// The boxes of the marks' origins or outlines, paragraph by paragraph.
fn mark_boxes(placed: &PlacedText) -> Vec<Rect> {
    let outlines = placed.marks.iter().map(|mark| mark.path.bounding_box());
    let glyphs =
        placed.runs.chunk_by(|a, b| a.mark && b.mark && a.paragraph == b.paragraph).filter(|runs| runs[0].mark);
    let words = glyphs.map(|runs| {
        let origins = runs.iter().flat_map(|run| &run.glyphs).map(|glyph| (f64::from(glyph.x), f64::from(glyph.y)));
        origins.map(|at| Rect::from_points(at, at)).reduce(|a, b| a.union(b)).expect("a mark has glyphs")
    });
    outlines.chain(words).collect()
}
