//! The boxes of one slide: the resolved nodes with what layout needs to know and finds out about each.

use handbill_template::resolved::{Frame, FrameLayout, Length, Node, NodeKind, PinTo, Placement, Slide, Text};
use taffy::{Cache, Point, Size, Style};

use super::style::{self, Bounded};
use super::text_box::TextBox;

/// A box by number; parents come before their children.
pub(crate) type BoxId = usize;

pub(crate) struct Boxes<'d> {
    pub slide: &'d Slide,
    pub nodes: Vec<BoxNode<'d>>,
    pub texts: Vec<TextBox<'d>>,
}

pub(crate) struct BoxNode<'d> {
    /// None for the slide itself, whose frame is the root.
    pub node: Option<&'d Node>,
    pub parent: Option<BoxId>,
    /// In document order, which is the painting order.
    pub children: Vec<BoxId>,
    /// The children that taffy lays out.
    pub flow: Vec<BoxId>,
    /// Free and absolute children.
    pub placed: Vec<BoxId>,
    pub content: Content,
    /// Which sides something other than its content sets.
    pub bounded: Bounded,
    pub style: Style,
    pub cache: Cache,
    /// Relative to the parent's border box.
    pub location: Point<f32>,
    pub size: Size<f32>,
}

/// What a box holds, as far as its layout goes.
#[derive(Clone, Copy)]
pub(crate) enum Content {
    Flex,
    Grid,
    Free,
    /// A number in [`Boxes::texts`].
    Text(usize),
    /// Something with a size and perhaps a ratio of its own.
    Natural {
        size: Size<f32>,
        ratio: Option<f32>,
    },
}

/// A picture's, drawing's or code's own size in layout pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NaturalSize {
    pub width: f64,
    pub height: f64,
}

/// What a slide's boxes are made with.
pub(crate) struct Sources<'s, 'd> {
    pub natural_size: &'s mut dyn FnMut(&'d Node) -> Option<NaturalSize>,
    pub prepare: &'s mut dyn FnMut(&'d Text) -> crate::text::PreparedText,
}

impl<'d> Boxes<'d> {
    pub(crate) fn new(slide: &'d Slide, width: f64, height: f64, sources: &mut Sources<'_, 'd>) -> Self {
        let mut boxes = Boxes { slide, nodes: Vec::new(), texts: Vec::new() };
        let mut style = Style {
            size: Size { width: taffy::style_helpers::length(width), height: taffy::style_helpers::length(height) },
            ..Style::DEFAULT
        };
        style::container(&slide.frame, &mut style);
        boxes.nodes.push(BoxNode {
            node: None,
            parent: None,
            children: Vec::new(),
            flow: Vec::new(),
            placed: Vec::new(),
            content: frame_content(&slide.frame),
            bounded: Size { width: true, height: true },
            style,
            cache: Cache::new(),
            location: Point::ZERO,
            size: Size { width: width as f32, height: height as f32 },
        });
        boxes.add_children(0, &slide.frame, sources);
        boxes
    }

    fn add_children(&mut self, parent: BoxId, frame: &'d Frame, sources: &mut Sources<'_, 'd>) {
        for node in &frame.children {
            let child = self.add(parent, frame, node, sources);
            self.nodes[parent].children.push(child);
            if in_flow(frame, node) {
                self.nodes[parent].flow.push(child);
            } else {
                self.nodes[parent].placed.push(child);
            }
            if let NodeKind::Frame(inner) = &node.kind {
                self.add_children(child, inner, sources);
            }
        }
    }

    fn add(&mut self, parent: BoxId, frame: &'d Frame, node: &'d Node, sources: &mut Sources<'_, 'd>) -> BoxId {
        let id = self.nodes.len();
        let natural = (sources.natural_size)(node);
        let ratio = natural.map(|size| size.width / size.height).filter(|ratio| ratio.is_finite() && *ratio > 0.0);
        let parent_bounded = self.nodes[parent].bounded;
        let (mut style, bounded) = if in_flow(frame, node) {
            (
                style::flow_item(node, frame, parent_bounded, ratio),
                style::flow_bounds(&node.placement, frame, parent_bounded, ratio),
            )
        } else {
            (Style::DEFAULT, placed_bounds(&node.placement, ratio))
        };
        let content = match &node.kind {
            NodeKind::Frame(inner) => {
                style::container(inner, &mut style);
                frame_content(inner)
            }
            NodeKind::Text(text) => {
                self.texts.push(TextBox::new(text, id, (sources.prepare)(text)));
                Content::Text(self.texts.len() - 1)
            }
            NodeKind::Image(_) | NodeKind::Svg(_) | NodeKind::Code(_) | NodeKind::Shape(_) => {
                let size =
                    natural.map_or(Size::ZERO, |own| Size { width: own.width as f32, height: own.height as f32 });
                Content::Natural { size, ratio: style::aspect_ratio(&node.placement, ratio).map(|ratio| ratio as f32) }
            }
        };
        self.nodes.push(BoxNode {
            node: Some(node),
            parent: Some(parent),
            children: Vec::new(),
            flow: Vec::new(),
            placed: Vec::new(),
            content,
            bounded,
            style,
            cache: Cache::new(),
            location: Point::ZERO,
            size: Size::ZERO,
        });
        id
    }

    /// The frame of a box that is one.
    pub(crate) fn frame(&self, id: BoxId) -> Option<&'d Frame> {
        match self.nodes[id].node {
            None => Some(&self.slide.frame),
            Some(Node { kind: NodeKind::Frame(frame), .. }) => Some(frame),
            Some(_) => None,
        }
    }

    /// Forgets what was measured of a box and everything around it.
    pub(crate) fn mark_dirty(&mut self, id: BoxId) {
        let mut next = Some(id);
        while let Some(id) = next {
            self.nodes[id].cache.clear();
            next = self.nodes[id].parent;
        }
    }

    /// Whether `id` lies inside `ancestor`, or is it.
    pub(crate) fn is_inside(&self, id: BoxId, ancestor: BoxId) -> bool {
        let mut next = Some(id);
        while let Some(id) = next {
            if id == ancestor {
                return true;
            }
            next = self.nodes[id].parent;
        }
        false
    }
}

fn in_flow(frame: &Frame, node: &Node) -> bool {
    frame.layout != FrameLayout::Free && !node.placement.absolute
}

fn frame_content(frame: &Frame) -> Content {
    match frame.layout {
        FrameLayout::Free => Content::Free,
        FrameLayout::Row(_) | FrameLayout::Column(_) => Content::Flex,
        FrameLayout::Grid { .. } => Content::Grid,
    }
}

/// Free and absolute children are placed in a parent whose size is known by then.
fn placed_bounds(at: &Placement, ratio: Option<f64>) -> Bounded {
    let designed = at.designed_parent;
    // Without a designed size, stretching alone sets a size; see `pins`.
    let stretched =
        |pin: PinTo, designed: Option<f64>| pin == PinTo::Stretch && designed.is_none() && !at.placed_for_size;
    let width = at.width != Length::Auto || stretched(at.pin.x, designed.and_then(|size| size.width));
    let height = at.height != Length::Auto || stretched(at.pin.y, designed.and_then(|size| size.height));
    let keeps_ratio = style::aspect_ratio(at, ratio).is_some();
    Size { width: width || (keeps_ratio && height), height: height || (keeps_ratio && width) }
}
