//! Resolved documents by hand, for tests.

use crate::bundled::bundled;
use crate::fonts::FontLibrary;
use handbill_template::resolved::{
    Align, ArrowHead, AssetRef, CharStyle, Color, Decoration, DesignedSize, Direction, Document, Effects, FillRule,
    Fit, FitMode, Flex, Focus, Frame, FrameLayout, Image, ImageFilters, ImageFit, Justify, Length, ListStyle, Node,
    NodeKind, Page, Paint, Placement, Rgba, Shape, ShapeKind, Slide, Span, Stroke, Text, TextAlign, TextCase,
    VerticalAlign, Wrap,
};

/// The bundled faces.
pub(crate) fn fonts() -> FontLibrary {
    bundled(false).clone()
}

pub(crate) fn node(id: &str, kind: NodeKind) -> Node {
    Node {
        id: id.to_owned(),
        placement: Placement { column_span: 1, row_span: 1, ..Placement::default() },
        effects: Effects::default(),
        link: None,
        alt: None,
        kind,
    }
}

/// A node with its placement changed.
pub(crate) fn at(mut node: Node, change: impl FnOnce(&mut Placement)) -> Node {
    change(&mut node.placement);
    node
}

/// A node with its effects changed.
pub(crate) fn with(mut node: Node, change: impl FnOnce(&mut Effects)) -> Node {
    change(&mut node.effects);
    node
}

pub(crate) fn sized(node: Node, width: Length, height: Length) -> Node {
    at(node, |placement| (placement.width, placement.height) = (width, height))
}

/// A node with geometry in a free frame.
pub(crate) fn placed(node: Node, [x, y, width, height]: [f64; 4]) -> Node {
    at(node, |placement| {
        (placement.x, placement.y) = (x, y);
        (placement.width, placement.height) = (Length::Px(width), Length::Px(height));
    })
}

pub(crate) fn rect(id: &str) -> Node {
    shape(id, ShapeKind::Rect)
}

pub(crate) fn shape(id: &str, kind: ShapeKind) -> Node {
    let shape = Shape {
        shape: kind,
        fill: vec![solid(0, 0, 0)],
        stroke: Stroke::default(),
        corner_radius: [0.0; 4],
        sides: 5,
        inner_radius: 0.382,
        path: None,
        view_box: None,
        fill_rule: FillRule::Nonzero,
        points: Vec::new(),
        start_head: ArrowHead::None,
        end_head: ArrowHead::None,
    };
    node(id, NodeKind::Shape(shape))
}

pub(crate) fn solid(red: u8, green: u8, blue: u8) -> Paint {
    Paint::Solid(Color::Rgba(Rgba([red, green, blue, 255])))
}

pub(crate) fn frame(id: &str, layout: FrameLayout, children: Vec<Node>) -> Node {
    node(id, NodeKind::Frame(Frame { layout, children, ..Frame::default() }))
}

/// A frame node with its frame changed.
pub(crate) fn with_frame(mut node: Node, change: impl FnOnce(&mut Frame)) -> Node {
    if let NodeKind::Frame(frame) = &mut node.kind {
        change(frame);
    }
    node
}

pub(crate) fn image(id: &str, src: &str) -> Node {
    let image = Image {
        src: Some(AssetRef(src.to_owned())),
        fallback: None,
        fit: ImageFit::Cover,
        focus: Focus::Center,
        crop: None,
        corner_radius: [0.0; 4],
        stroke: Stroke::default(),
        filters: ImageFilters::default(),
        overlay: Vec::new(),
        wanted: None,
    };
    node(id, NodeKind::Image(image))
}

pub(crate) fn text(id: &str, content: &str, size: f64) -> Node {
    let base = char_style(size);
    let text = Text {
        spans: vec![Span { text: content.to_owned(), style: base.clone(), link: None, highlight: None }],
        base,
        align: TextAlign::Start,
        vertical_align: VerticalAlign::Top,
        wrap: Wrap::Normal,
        lang: "en".to_owned(),
        direction: Direction::Auto,
        list: ListStyle::None,
        paragraph_spacing: 0.0,
        fit: Fit::default(),
        max_lines: None,
        overflow: None,
        highlight: None,
    };
    node(id, NodeKind::Text(text))
}

/// A text node with its text changed.
pub(crate) fn with_text(mut node: Node, change: impl FnOnce(&mut Text)) -> Node {
    if let NodeKind::Text(text) = &mut node.kind {
        change(text);
    }
    node
}

pub(crate) fn shrinking(node: Node, min: f64, group: Option<&str>) -> Node {
    let group = group.map(str::to_owned);
    with_text(node, |text| text.fit = Fit { mode: FitMode::Shrink, min: Some(min), max: None, group })
}

pub(crate) fn char_style(size: f64) -> CharStyle {
    CharStyle {
        family: "Inter".to_owned(),
        size,
        weight: 400.0,
        italic: false,
        axes: Vec::new(),
        features: Vec::new(),
        line_height: 1.0,
        letter_spacing: 0.0,
        text_case: TextCase::None,
        decoration: Decoration::None,
        hyphenate: false,
        fill: vec![solid(0, 0, 0)],
        stroke: Stroke::default(),
    }
}

pub(crate) const FLEX: Flex =
    Flex { gap: [0.0; 2], align_items: Align::Start, justify_content: Justify::Start, wrap: false };

pub(crate) fn row() -> FrameLayout {
    FrameLayout::Row(FLEX)
}

pub(crate) fn column() -> FrameLayout {
    FrameLayout::Column(FLEX)
}

pub(crate) fn slide(id: &str, frame: Frame) -> Slide {
    Slide { id: id.to_owned(), name: None, role: None, background: vec![solid(255, 255, 255)], frame }
}

pub(crate) fn document(width: f64, height: f64, slides: Vec<Slide>) -> Document {
    Document {
        title: "Test".to_owned(),
        author: None,
        lang: "en".to_owned(),
        page: Page { width, height, bleed: 0.0, width_px: width as u32, height_px: height as u32, pt_per_px: 0.75 },
        slides,
        carousel: false,
        fonts: Vec::new(),
    }
}

/// A document of one slide with one frame's children.
pub(crate) fn page(width: f64, height: f64, layout: FrameLayout, children: Vec<Node>) -> Document {
    document(width, height, vec![slide("slide", Frame { layout, children, ..Frame::default() })])
}

pub(crate) fn designed(width: f64, height: f64) -> Option<DesignedSize> {
    Some(DesignedSize { width: Some(width), height: Some(height) })
}
