//! Fitting with real letters: what holds of sizes and boxes, whatever the font's exact widths.

use std::collections::BTreeMap;

use handbill_template::resolved::{Document, Fit, FitMode, Frame, Length, Node, Text, Wrap};

use crate::fixtures::{
    at, column, document, fonts, frame, page, rect, row, shrinking, sized, slide, text, with_frame, with_text,
};
use crate::layout::{LaidBox, LaidContent, LaidSlide, lay_out};
use crate::text::TextContext;

const LOREM: &str = "Small rules beat big plans, because small rules are kept on the days when nobody has the time to \
                     read the big plan again, and those are most days.";

#[derive(Debug, Clone, Copy, PartialEq)]
struct Found {
    y: f64,
    width: f64,
    height: f64,
    /// Of a text: font size and height of its lines.
    size: f64,
    lines_height: f64,
    lines: usize,
}

struct Laid {
    boxes: BTreeMap<String, Found>,
    overflowing: Vec<String>,
}

impl Laid {
    fn of(document: &Document) -> Laid {
        let laid = lay_out(document, &fonts(), &mut TextContext::new(), &mut |_| None);
        let mut found = Laid { boxes: BTreeMap::new(), overflowing: Vec::new() };
        for LaidSlide { children, overflowing, .. } in &laid.slides {
            found.collect(children);
            found.overflowing.extend(overflowing.iter().map(|id| (*id).to_owned()));
        }
        found
    }

    fn collect(&mut self, boxes: &[LaidBox<'_>]) {
        for item in boxes {
            let (mut size, mut lines_height, mut lines) = (0.0, 0.0, 0);
            match &item.content {
                LaidContent::Frame(children) => self.collect(children),
                LaidContent::Text(text) => {
                    (size, lines_height, lines) = (text.chosen_size, text.placed.height, text.placed.lines.len());
                }
                LaidContent::Leaf => {}
            }
            let found = Found { y: item.y, width: item.width, height: item.height, size, lines_height, lines };
            self.boxes.insert(item.node.id.clone(), found);
        }
    }

    fn get(&self, id: &str) -> Found {
        self.boxes[id]
    }
}

fn px(width: f64, height: f64, node: Node) -> Node {
    sized(node, Length::Px(width), Length::Px(height))
}

fn fitting_frame(node: Node, least: f64) -> Node {
    with_frame(node, |frame| frame.shrink_to_fit = Some(least))
}

#[test]
fn texts_wrap_at_their_frame_and_push_what_follows() {
    let laid = Laid::of(&page(300.0, 1000.0, column(), vec![text("t", LOREM, 20.0), px(10.0, 10.0, rect("after"))]));
    let found = laid.get("t");
    assert!(found.width <= 300.0 && found.width > 250.0, "{found:?}");
    assert!(found.lines > 4);
    assert!((found.height - found.lines as f64 * 20.0).abs() < 0.1, "{found:?}");
    assert_eq!(laid.get("after").y, found.height);
}

#[test]
fn a_text_without_a_size_keeps_its_lines_one_that_grows_gives_way() {
    let tall = |node: Node| vec![px(300.0, 90.0, rect("a")), node];
    let keeps = Laid::of(&page(300.0, 100.0, column(), tall(text("t", LOREM, 20.0))));
    assert_eq!(keeps.get("t").height, keeps.get("t").lines_height);
    assert_eq!(keeps.overflowing, ["slide"]);
    let grows = at(text("t", LOREM, 20.0), |p| p.grow = 1.0);
    let gives_way = Laid::of(&page(300.0, 100.0, column(), tall(grows)));
    assert_eq!(gives_way.get("t").height, 10.0);
    assert!(gives_way.overflowing.is_empty());
}

#[test]
fn in_a_row_a_text_takes_what_is_left_and_wraps() {
    let children = vec![px(100.0, 10.0, rect("a")), text("t", LOREM, 20.0)];
    let laid = Laid::of(&page(400.0, 1000.0, row(), children));
    let found = laid.get("t");
    assert!(found.width <= 300.0 && found.lines > 4, "{found:?}");
    assert!(laid.overflowing.is_empty());
}

#[test]
fn a_line_that_may_not_wrap_keeps_its_box() {
    let price = |change: fn(&mut Text)| {
        let price = with_text(text("price", "EUR 89.90", 40.0), |text| {
            text.wrap = Wrap::None;
            change(text);
        });
        let found = Laid::of(&page(100.0, 100.0, column(), vec![frame("pill", column(), vec![price])]));
        found.get("pill").width
    };
    assert!(price(|_| {}) > 150.0, "it leaves its frame, and what hugs it goes with it");
    assert_eq!(price(|text| text.max_lines = Some(1)), 100.0, "it is cut with an ellipsis");
    let shrunk = price(|text| text.fit.mode = FitMode::Shrink);
    assert!(shrunk > 98.0 && shrunk <= 100.0, "it shrinks: {shrunk}");
}

#[test]
fn shrinking_is_bounded_by_lines_words_and_height() {
    let base = || shrinking(text("t", LOREM, 40.0), 8.0, None);
    let filling = |max: f64| {
        with_text(text("t", LOREM, 10.0), |t| t.fit = Fit { mode: FitMode::Fill, max: Some(max), ..Fit::default() })
    };
    type Case = (&'static str, Node, fn(Found) -> bool);
    let cases: Vec<Case> = vec![
        ("two lines at most", with_text(base(), |t| t.max_lines = Some(2)), |t| t.lines <= 2 && t.size < 30.0),
        ("a given height", px(300.0, 60.0, base()), |t| t.lines_height <= 60.1 && t.size < 30.0),
        ("a greatest height", at(base(), |p| p.max_height = Some(Length::Px(60.0))), |t| {
            t.height <= 60.0 && t.lines_height <= 60.1
        }),
        ("growing to a greatest height", at(filling(120.0), |p| p.max_height = Some(Length::Px(60.0))), |t| {
            t.size > 12.0 && t.height <= 60.0 && t.lines_height <= 60.1 && t.lines_height > 40.0
        }),
        ("growing to a share of the page", at(filling(120.0), |p| p.max_height = Some(Length::Fraction(0.2))), |t| {
            t.size > 15.0 && t.lines_height <= 100.1 && t.lines_height > 80.0
        }),
        ("growing to its greatest size", at(filling(14.0), |p| p.max_height = Some(Length::Px(240.0))), |t| {
            t.size == 14.0
        }),
        (
            "growing to what its neighbours leave",
            at(filling(120.0), |p| {
                (p.max_height, p.min_height) = (Some(Length::Px(400.0)), Some(Length::Px(0.0)));
            }),
            |t| t.size > 20.0 && t.height <= 250.0 && t.lines_height <= 250.1,
        ),
        ("a share of the page", sized(base(), Length::Fill, Length::Fraction(0.1)), |t| t.lines_height <= 50.1),
        ("what is left", at(base(), |p| p.grow = 1.0), |t| t.size < 40.0 && t.lines_height <= 250.1),
        ("no bound at all", base(), |t| t.size == 40.0),
        ("a long word", shrinking(text("t", "Donaudampfschifffahrtsgesellschaft", 40.0), 8.0, None), |t| {
            t.size < 40.0 && t.lines == 1
        }),
        ("the least size stays", px(300.0, 5.0, base()), |t| t.size == 8.0),
    ];
    for (name, node, holds) in cases {
        let children = vec![sized(rect("above"), Length::Px(10.0), Length::Px(250.0)), node];
        let found = Laid::of(&page(300.0, 500.0, column(), children)).get("t");
        assert!(holds(found), "{name}: {found:?}");
    }
}

#[test]
fn filling_grows_to_the_greatest_size() {
    let filling = |max: f64| {
        with_text(px(300.0, 200.0, text("t", "Sale", 20.0)), |text| {
            text.fit.mode = FitMode::Fill;
            text.fit.max = Some(max);
        })
    };
    let size = |max: f64| Laid::of(&page(300.0, 500.0, column(), vec![filling(max)])).get("t").size;
    assert_eq!(size(50.0), 50.0);
    let largest = size(900.0);
    assert!(largest > 100.0 && largest < 200.0, "the word's width bounds it: {largest}");
}

/// The heights are closer together than the sizes that fitting tries, so some of them just miss a size.
#[test]
fn a_size_that_was_found_to_fit_is_drawn_whole() {
    for step in 0..24 {
        let height = 140.0 + 0.04 * f64::from(step);
        let filling = with_text(px(300.0, height, text("t", "Sale\nnow", 20.0)), |text| {
            text.fit.mode = FitMode::Fill;
            text.fit.max = Some(90.0);
        });
        let document = page(300.0, 500.0, column(), vec![filling]);
        let laid = lay_out(&document, &fonts(), &mut TextContext::new(), &mut |_| None);
        let LaidContent::Text(text) = &laid.slides[0].children[0].content else { panic!("no text") };
        assert!(text.placed.truncated.is_none() && !text.placed.overflows, "{height}: {}", text.chosen_size);
    }
}

#[test]
fn what_shrinks_makes_room_for_its_neighbours() {
    let title = with_text(shrinking(text("title", LOREM, 60.0), 10.0, None), |text| text.max_lines = Some(2));
    let body = at(shrinking(text("body", LOREM, 30.0), 10.0, None), |p| p.grow = 1.0);
    let laid = Laid::of(&page(400.0, 260.0, column(), vec![title, body]));
    let (title, body) = (laid.get("title"), laid.get("body"));
    assert!(title.lines <= 2);
    assert!((body.y - title.height).abs() < 0.1 && (title.height + body.height - 260.0).abs() < 0.1);
    assert!(body.size > 20.0, "it got the room that the title gave up: {body:?}");
    assert!(body.lines_height <= body.height + 0.1);
}

/// A frame of 400 × 200 with texts that need more.
fn crowded(least: f64, texts: Vec<Node>) -> Document {
    page(400.0, 1000.0, column(), vec![fitting_frame(px(400.0, 200.0, frame("card", column(), texts)), least)])
}

#[test]
fn one_factor_shrinks_all_fitting_texts_of_a_frame() {
    let texts = || {
        vec![
            shrinking(text("a", LOREM, 40.0), 4.0, None),
            shrinking(text("b", LOREM, 20.0), 4.0, None),
            shrinking(text("small", "Page 1", 12.0), 11.0, None),
            text("fixed", "Fixed", 10.0),
        ]
    };
    let laid = Laid::of(&crowded(0.1, texts()));
    assert!(laid.overflowing.is_empty());
    let [a, b, small, fixed] = ["a", "b", "small", "fixed"].map(|id| laid.get(id));
    assert!(a.size < 40.0 && (a.size / 40.0 - b.size / 20.0).abs() < 1e-6, "{a:?} {b:?}");
    assert_eq!(small.size, 11.0, "no text gets smaller than its least size");
    assert_eq!(fixed.size, 10.0, "what does not fit itself is left alone");
    // the factor is not smaller than needed
    let bottom = fixed.y + fixed.height;
    assert!(bottom > 180.0 && bottom <= 200.1, "{bottom}");
}

#[test]
fn the_factor_stops_at_min_scale() {
    let laid = Laid::of(&crowded(0.8, vec![shrinking(text("a", LOREM, 60.0), 4.0, None)]));
    assert_eq!(laid.get("a").size, 48.0);
    assert_eq!(laid.overflowing, ["card"]);
}

#[test]
fn what_fits_stays_as_designed() {
    let laid = Laid::of(&crowded(0.5, vec![shrinking(text("a", "Short", 40.0), 4.0, None)]));
    assert_eq!(laid.get("a").size, 40.0);
}

#[test]
fn inner_frames_shrink_first() {
    let inner = fitting_frame(
        px(400.0, 60.0, frame("inner", column(), vec![shrinking(text("in", LOREM, 40.0), 4.0, None)])),
        0.1,
    );
    let laid = Laid::of(&crowded(0.1, vec![shrinking(text("out", "Short", 40.0), 4.0, None), inner]));
    assert_eq!(laid.get("out").size, 40.0, "the outer frame has room once the inner one is solved");
    assert!(laid.get("in").size < 20.0);
    assert!(laid.overflowing.is_empty());
}

#[test]
fn a_text_squeezed_to_nothing_counts_as_leaving() {
    let title = shrinking(text("title", LOREM, 40.0), 4.0, None);
    let body = at(shrinking(text("body", LOREM, 20.0), 15.0, None), |p| p.grow = 1.0);
    let laid = Laid::of(&crowded(0.1, vec![title, body]));
    let (title, body) = (laid.get("title"), laid.get("body"));
    assert!(title.size < 40.0);
    assert!(body.lines_height <= body.height + 0.1 && body.size >= 15.0, "{body:?}");
}

#[test]
fn groups_take_their_smallest_size_on_all_slides() {
    let side = |id: &str, content: &str, size: f64| {
        let title = shrinking(text(id, content, size), 10.0, Some("titles"));
        let children =
            vec![with_text(title, |text| text.max_lines = Some(1)), px(5.0, 5.0, rect(&format!("{id}-after")))];
        slide(id, Frame { layout: column(), children, ..Frame::default() })
    };
    let slides = vec![
        side("short", "Short", 40.0),
        side("long", "Write the release note first", 40.0),
        side("other", "Tiny", 60.0),
    ];
    let laid = Laid::of(&document(300.0, 300.0, slides));
    let [short, long, other] = ["short", "long", "other"].map(|id| laid.get(id));
    assert!(long.size < 40.0 && long.lines == 1);
    assert!((short.size - long.size).abs() < 1e-9 && (other.size - long.size).abs() < 1e-9);
    assert!((laid.get("short-after").y - short.lines_height).abs() < 0.1, "laid out again with the group's size");
}

#[test]
fn deep_nesting_is_laid_out_on_a_small_stack() {
    let mut node = shrinking(text("leaf", LOREM, 20.0), 10.0, None);
    for level in 0..60 {
        let layout = if level % 2 == 0 { row() } else { column() };
        let inner = frame(&format!("f{level}"), layout, vec![rect(&format!("r{level}")), node]);
        node = fitting_frame(inner, 0.5);
    }
    let document = page(400.0, 400.0, column(), vec![node]);
    let thread = std::thread::Builder::new().stack_size(1024 * 1024);
    let laid = thread.spawn(move || Laid::of(&document)).expect("a thread").join().expect("the stack holds it");
    assert!(laid.get("leaf").width > 0.0);
}
