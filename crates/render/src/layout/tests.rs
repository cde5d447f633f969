//! Layout geometry, by tables: where each box ends up. Texts are in `fit/tests.rs`.

use std::collections::BTreeMap;

use handbill_template::resolved::{
    Align, Document, Flex, Frame, FrameLayout, Justify, Length, Node, NodeKind, Pin, PinTo, Track,
};

use super::{LaidBox, LaidContent, NaturalSize, lay_out};
use crate::fixtures::{
    FLEX, at, column, designed, document, fonts, frame, image, page, placed, rect, row, sized, slide, with_frame,
};
use crate::text::TextContext;

/// A layout, its children, and where they stand.
type Case = (FrameLayout, Vec<Node>, Vec<(&'static str, [f64; 4])>);

const PX: fn(f64) -> Length = Length::Px;

/// Each node's box on the page of its slide: x, y, width, height.
fn geometry(document: &Document) -> BTreeMap<String, [f64; 4]> {
    let mut natural = |node: &Node| match &node.kind {
        NodeKind::Image(_) => Some(NaturalSize { width: 400.0, height: 200.0 }),
        _ => None,
    };
    let laid = lay_out(document, &fonts(), &mut TextContext::new(), &mut natural);
    let mut found = BTreeMap::new();
    for slide in &laid.slides {
        collect(&slide.children, 0.0, 0.0, &mut found);
    }
    found
}

fn collect(boxes: &[LaidBox<'_>], x: f64, y: f64, found: &mut BTreeMap<String, [f64; 4]>) {
    for item in boxes {
        let (x, y) = (x + item.x, y + item.y);
        found.insert(item.node.id.clone(), [x, y, item.width, item.height]);
        if let LaidContent::Frame(children) = &item.content {
            collect(children, x, y, found);
        }
    }
}

#[track_caller]
fn check(document: &Document, expected: &[(&str, [f64; 4])]) {
    let found = geometry(document);
    for (id, wanted) in expected {
        let actual = found.get(*id).unwrap_or_else(|| panic!("no box '{id}'"));
        let close = actual.iter().zip(wanted).all(|(actual, wanted)| (actual - wanted).abs() < 0.01);
        assert!(close, "{id}: {actual:?}, expected {wanted:?}");
    }
}

fn fixed(id: &str, width: f64, height: f64) -> Node {
    sized(rect(id), PX(width), PX(height))
}

fn filling(id: &str) -> Node {
    sized(rect(id), Length::Fill, Length::Fill)
}

fn flex(change: impl FnOnce(&mut Flex)) -> Flex {
    let mut flex = FLEX;
    change(&mut flex);
    flex
}

#[test]
fn rows_and_columns() {
    let three = || vec![fixed("a", 10.0, 10.0), fixed("b", 20.0, 20.0), fixed("c", 30.0, 30.0)];
    let [a, b, c] = ["a", "b", "c"];
    type Expected = [(&'static str, [f64; 4]); 3];
    #[rustfmt::skip]
    let cases: Vec<(FrameLayout, Expected)> = vec![
        (row(), [(a, [0., 0., 10., 10.]), (b, [10., 0., 20., 20.]), (c, [30., 0., 30., 30.])]),
        (column(), [(a, [0., 0., 10., 10.]), (b, [0., 10., 20., 20.]), (c, [0., 30., 30., 30.])]),
        (FrameLayout::Row(flex(|f| { f.gap = [1., 5.]; f.align_items = Align::Center; })),
            [(a, [0., 45., 10., 10.]), (b, [15., 40., 20., 20.]), (c, [40., 35., 30., 30.])]),
        (FrameLayout::Column(flex(|f| { f.gap = [5., 1.]; f.align_items = Align::End; })),
            [(a, [90., 0., 10., 10.]), (b, [80., 15., 20., 20.]), (c, [70., 40., 30., 30.])]),
        (FrameLayout::Row(flex(|f| f.justify_content = Justify::SpaceBetween)),
            [(a, [0., 0., 10., 10.]), (b, [30., 0., 20., 20.]), (c, [70., 0., 30., 30.])]),
        (FrameLayout::Row(flex(|f| f.justify_content = Justify::SpaceEvenly)),
            [(a, [10., 0., 10., 10.]), (b, [30., 0., 20., 20.]), (c, [60., 0., 30., 30.])]),
        (FrameLayout::Column(flex(|f| f.justify_content = Justify::End)),
            [(a, [0., 40., 10., 10.]), (b, [0., 50., 20., 20.]), (c, [0., 70., 30., 30.])]),
        (FrameLayout::Column(flex(|f| f.justify_content = Justify::Center)),
            [(a, [0., 20., 10., 10.]), (b, [0., 30., 20., 20.]), (c, [0., 50., 30., 30.])]),
    ];
    for (layout, expected) in cases {
        check(&page(100.0, 100.0, layout, three()), &expected);
    }
}

#[test]
fn wrapped_rows_pack_their_lines() {
    let layout = FrameLayout::Row(flex(|f| (f.wrap, f.gap) = (true, [4.0, 10.0])));
    let children = vec![fixed("a", 40.0, 10.0), fixed("b", 40.0, 20.0), fixed("c", 40.0, 10.0)];
    check(
        &page(100.0, 100.0, layout, children),
        &[("a", [0., 0., 40., 10.]), ("b", [50., 0., 40., 20.]), ("c", [0., 24., 40., 10.])],
    );
}

#[test]
fn sizes_along_and_across_the_flow() {
    let grow = |id: &str, share: f64| at(fixed(id, 10.0, 10.0), |p| p.grow = share);
    #[rustfmt::skip]
    let cases: Vec<Case> = vec![
        // fill shares what is left, whatever is in it
        (row(), vec![filling("a"), fixed("b", 20.0, 10.0), filling("c")],
            vec![("a", [0., 0., 40., 100.]), ("b", [40., 0., 20., 10.]), ("c", [60., 0., 40., 100.])]),
        (column(), vec![fixed("a", 20.0, 30.0), filling("b")],
            vec![("a", [0., 0., 20., 30.]), ("b", [0., 30., 100., 70.])]),
        // grow adds to the size
        (row(), vec![grow("a", 1.0), grow("b", 3.0)],
            vec![("a", [0., 0., 30., 10.]), ("b", [30., 0., 70., 10.])]),
        // percentages are of the content box
        (row(), vec![sized(rect("a"), Length::Fraction(0.25), Length::Fraction(0.5))],
            vec![("a", [0., 0., 25., 50.])]),
        // nothing shrinks by itself
        (row(), vec![fixed("a", 80.0, 10.0), fixed("b", 80.0, 10.0)],
            vec![("a", [0., 0., 80., 10.]), ("b", [80., 0., 80., 10.])]),
        // but what grows or is told to
        (row(), vec![grow("a", 1.0), fixed("b", 95.0, 10.0)],
            vec![("a", [0., 0., 5., 10.]), ("b", [5., 0., 95., 10.])]),
        (row(), vec![at(fixed("a", 80.0, 10.0), |p| p.shrink = Some(1.0)), fixed("b", 80.0, 10.0)],
            vec![("a", [0., 0., 20., 10.]), ("b", [20., 0., 80., 10.])]),
        // least and greatest sizes
        (row(), vec![at(filling("a"), |p| p.max_width = Some(PX(30.0))), filling("b")],
            vec![("a", [0., 0., 30., 100.]), ("b", [30., 0., 70., 100.])]),
        (row(), vec![at(filling("a"), |p| p.min_width = Some(Length::Fraction(0.8))), filling("b")],
            vec![("a", [0., 0., 80., 100.]), ("b", [80., 0., 20., 100.])]),
        // a filling child with a greatest size keeps its alignment
        (FrameLayout::Column(flex(|f| f.align_items = Align::Center)),
            vec![at(sized(rect("a"), Length::Fill, PX(10.0)), |p| p.max_width = Some(PX(40.0)))],
            vec![("a", [30., 0., 40., 10.])]),
        // margins
        (row(), vec![at(fixed("a", 10.0, 10.0), |p| p.margin = [1., 2., 3., 4.]), fixed("b", 10.0, 10.0)],
            vec![("a", [4., 1., 10., 10.]), ("b", [16., 0., 10., 10.])]),
        (row(), vec![at(filling("a"), |p| p.margin = [5., 10., 5., 10.])],
            vec![("a", [10., 5., 80., 90.])]),
        // alignSelf
        (row(), vec![at(fixed("a", 10.0, 10.0), |p| p.align_self = Some(Align::End)),
                     at(sized(rect("b"), PX(10.0), Length::Auto), |p| p.align_self = Some(Align::Stretch))],
            vec![("a", [0., 90., 10., 10.]), ("b", [10., 0., 10., 100.])]),
        // a ratio, also with one side filled
        (row(), vec![at(sized(rect("a"), PX(40.0), Length::Auto), |p| p.aspect_ratio = Some(2.0)),
                     at(sized(rect("b"), Length::Auto, PX(30.0)), |p| p.aspect_ratio = Some(2.0))],
            vec![("a", [0., 0., 40., 20.]), ("b", [40., 0., 60., 30.])]),
        (column(), vec![at(sized(rect("a"), Length::Fill, Length::Auto), |p| p.aspect_ratio = Some(4.0))],
            vec![("a", [0., 0., 100., 25.])]),
    ];
    for (layout, children, expected) in cases {
        check(&page(100.0, 100.0, layout, children), &expected);
    }
}

#[test]
fn padding_keeps_children_in() {
    let inner = with_frame(frame("f", column(), vec![filling("a")]), |frame| frame.padding = [1., 2., 3., 4.]);
    let document = page(100.0, 100.0, row(), vec![sized(inner, PX(50.0), PX(40.0))]);
    check(&document, &[("f", [0., 0., 50., 40.]), ("a", [4., 1., 44., 36.])]);
}

#[test]
fn frames_hug_their_content() {
    let inner = with_frame(frame("f", row(), vec![fixed("a", 10.0, 20.0), fixed("b", 10.0, 30.0)]), |frame| {
        frame.padding = [5.0; 4];
    });
    check(&page(100.0, 100.0, column(), vec![inner]), &[("f", [0., 0., 30., 40.])]);
    // what fills a hugging frame only hugs
    let hugging = frame("f", column(), vec![sized(rect("a"), PX(10.0), Length::Fill), fixed("b", 10.0, 10.0)]);
    check(&page(100.0, 100.0, column(), vec![hugging]), &[("f", [0., 0., 10., 10.]), ("a", [0., 0., 10., 0.])]);
    // a free frame without a size reaches as far as its children
    let free = frame("f", FrameLayout::Free, vec![placed(rect("a"), [5., 6., 10., 20.])]);
    check(&page(100.0, 100.0, column(), vec![free]), &[("f", [0., 0., 15., 26.]), ("a", [5., 6., 10., 20.])]);
}

fn grid(columns: Vec<Track>, rows: Vec<Track>, gap: [f64; 2]) -> FrameLayout {
    FrameLayout::Grid { columns, rows, gap, align_items: Align::Start, justify_content: Justify::Start }
}

#[test]
fn grids() {
    let fr = || Track::Fr(1.0);
    let cells = |count: usize| (0..count).map(|index| rect(["a", "b", "c", "d"][index])).collect::<Vec<_>>();
    #[rustfmt::skip]
    let cases: Vec<Case> = vec![
        (grid(vec![fr(), fr()], vec![fr(), fr()], [10., 20.]), cells(4),
            vec![("a", [0., 0., 40., 45.]), ("b", [60., 0., 40., 45.]), ("c", [0., 55., 40., 45.]), ("d", [60., 55., 40., 45.])]),
        (grid(vec![Track::Px(30.), fr(), Track::Fraction(0.2)], vec![Track::Px(10.)], [0., 0.]), cells(3),
            vec![("a", [0., 0., 30., 10.]), ("b", [30., 0., 50., 10.]), ("c", [80., 0., 20., 10.])]),
        (grid(vec![Track::Auto, fr()], vec![], [0., 0.]), vec![fixed("a", 30., 10.), sized(rect("b"), Length::Fill, PX(20.))],
            vec![("a", [0., 0., 30., 10.]), ("b", [30., 0., 70., 20.])]),
        // unless it is told to stand elsewhere in it
        (FrameLayout::Grid { columns: vec![fr()], rows: vec![fr()], gap: [0.; 2], align_items: Align::Center, justify_content: Justify::Start },
            vec![sized(rect("a"), Length::Auto, PX(20.))], vec![("a", [0., 40., 100., 20.])]),
        // spans and places
        (grid(vec![fr(); 4], vec![fr(), fr()], [0., 0.]),
            vec![at(rect("a"), |p| p.column_span = 3), at(rect("b"), |p| (p.column, p.row) = (Some(2), Some(2)))],
            vec![("a", [0., 0., 75., 50.]), ("b", [25., 50., 25., 50.])]),
        // a picture fills its cell
        (grid(vec![fr(), fr()], vec![fr()], [0., 0.]), vec![image("a", "x"), image("b", "x")],
            vec![("a", [0., 0., 50., 100.]), ("b", [50., 0., 50., 100.])]),
        // unless its row's height is what is in it
        (grid(vec![fr(), fr()], vec![], [0., 0.]), vec![image("a", "x"), image("b", "x")],
            vec![("a", [0., 0., 50., 25.]), ("b", [50., 0., 50., 25.])]),
    ];
    for (layout, children, expected) in cases {
        check(&page(100.0, 100.0, layout, children), &expected);
    }
}

#[test]
fn pictures_take_sizes_from_their_ratio() {
    // the picture is 400 × 200
    #[rustfmt::skip]
    let cases: Vec<(Node, [f64; 4])> = vec![
        (image("a", "x"), [0., 0., 400., 200.]),
        (sized(image("a", "x"), PX(100.), Length::Auto), [0., 0., 100., 50.]),
        (sized(image("a", "x"), Length::Auto, PX(100.)), [0., 0., 200., 100.]),
        (sized(image("a", "x"), PX(100.), PX(100.)), [0., 0., 100., 100.]),
        (sized(image("a", "x"), Length::Fill, Length::Auto), [0., 0., 1000., 500.]),
        (sized(image("a", "x"), Length::Fraction(0.5), Length::Auto), [0., 0., 500., 250.]),
        (at(image("a", "x"), |p| p.max_width = Some(PX(100.))), [0., 0., 100., 50.]),
        (at(sized(image("a", "x"), PX(90.), Length::Auto), |p| p.aspect_ratio = Some(3.0)), [0., 0., 90., 30.]),
    ];
    for (node, expected) in cases {
        check(&page(1000.0, 1000.0, column(), vec![node.clone()]), &[("a", expected)]);
        // free, the same
        check(&page(1000.0, 1000.0, FrameLayout::Free, vec![node]), &[("a", expected)]);
    }
}

fn pinned(node: Node, x: PinTo, y: PinTo, parent: [f64; 2]) -> Node {
    at(node, |p| {
        p.pin = Pin { x, y };
        p.designed_parent = designed(parent[0], parent[1]);
    })
}

#[test]
fn free_children_follow_their_pins() {
    let on_canvas = |geometry, x, y| pinned(placed(rect("a"), geometry), x, y, [100.0, 100.0]);
    #[rustfmt::skip]
    let cases: Vec<(Node, [f64; 4])> = vec![
        (on_canvas([10., 10., 20., 20.], PinTo::Start, PinTo::Start), [10., 10., 20., 20.]),
        (on_canvas([70., 70., 20., 20.], PinTo::End, PinTo::End), [170., 20., 20., 20.]),
        (on_canvas([40., 40., 20., 20.], PinTo::Center, PinTo::Center), [90., 15., 20., 20.]),
        (on_canvas([10., 10., 80., 80.], PinTo::Stretch, PinTo::Stretch), [10., 10., 180., 30.]),
        (on_canvas([10., 10., 80., 80.], PinTo::Scale, PinTo::Scale), [20., 5., 160., 40.]),
        // by itself: full-bleed boxes stretch, corners stay in their corners
        (on_canvas([0., 0., 100., 100.], PinTo::Auto, PinTo::Auto), [0., 0., 200., 50.]),
        (on_canvas([80., 5., 15., 15.], PinTo::Auto, PinTo::Auto), [180., 5., 15., 15.]),
    ];
    for (node, expected) in cases {
        check(&page(200.0, 50.0, FrameLayout::Free, vec![node]), &[("a", expected)]);
    }
}

#[test]
fn absolute_children_lie_on_the_border_box() {
    let badge = |pin| at(placed(rect("badge"), [10., 10., 20., 20.]), |p| (p.absolute, p.pin) = (true, pin));
    let with_badge = |pin| {
        let layout = FrameLayout::Row(flex(|f| f.gap = [8.0; 2]));
        let card = with_frame(frame("card", layout, vec![badge(pin), filling("a"), filling("b")]), |frame| {
            frame.padding = [30.0; 4];
        });
        page(200.0, 100.0, column(), vec![sized(card, Length::Fill, Length::Fill)])
    };
    // it takes no part in the flow: no gap, no share
    let corner = Pin { x: PinTo::End, y: PinTo::End };
    check(
        &with_badge(corner),
        &[("badge", [170., 70., 20., 20.]), ("a", [30., 30., 66., 40.]), ("b", [104., 30., 66., 40.])],
    );
    check(&with_badge(Pin::default()), &[("badge", [10., 10., 20., 20.])]);
}

#[test]
fn free_children_hold_flowing_ones() {
    let card = frame("card", column(), vec![fixed("a", 30.0, 10.0), filling("b")]);
    let card = pinned(placed(card, [0., 0., 50., 50.]), PinTo::Scale, PinTo::Scale, [100., 100.]);
    check(
        &page(200.0, 200.0, FrameLayout::Free, vec![card]),
        &[("card", [0., 0., 100., 100.]), ("a", [0., 0., 30., 10.]), ("b", [0., 10., 100., 90.])],
    );
    // one that hugs: its size from its content, its place from its pin
    let tag = frame("tag", row(), vec![fixed("a", 30.0, 10.0)]);
    let tag = at(tag, |p| (p.x, p.y, p.pin) = (5., 6., Pin { x: PinTo::End, y: PinTo::Center }));
    check(&page(200.0, 100.0, FrameLayout::Free, vec![tag]), &[("tag", [165., 51., 30., 10.])]);
}

#[test]
fn slides_have_their_own_boxes() {
    let side = |id: &str, node: Node| slide(id, Frame { layout: row(), children: vec![node], ..Frame::default() });
    let document = document(100.0, 50.0, vec![side("one", filling("a")), side("two", fixed("b", 5.0, 5.0))]);
    check(&document, &[("a", [0., 0., 100., 50.]), ("b", [0., 0., 5., 5.])]);
}

#[test]
fn what_leaves_its_frame_is_named() {
    let tight = |id: &str, children| sized(frame(id, column(), children), PX(50.0), PX(50.0));
    let children = vec![
        tight("fits", vec![fixed("a", 50.0, 50.0)]),
        tight("tall", vec![fixed("b", 10.0, 51.0)]),
        tight("absolute", vec![at(placed(rect("c"), [0., 0., 90., 90.]), |p| p.absolute = true)]),
        with_frame(tight("padded", vec![fixed("d", 45.0, 10.0)]), |frame| frame.padding = [0., 3., 0., 3.]),
    ];
    let document = page(500.0, 500.0, row(), children);
    let laid = lay_out(&document, &fonts(), &mut TextContext::new(), &mut |_| None);
    assert_eq!(laid.slides[0].overflowing, ["tall", "padded"]);
}
