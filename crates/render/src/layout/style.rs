//! From the format's layout properties to taffy's: containers, and children in the flow of a row, column or grid.
//! Free and absolute children never reach taffy; `free.rs` places them.

use handbill_template::resolved::{Align, Flex, Frame, FrameLayout, Justify, Length, Node, NodeKind, Placement, Track};
use taffy::style_helpers::{flex as fr_from_zero, length, line, percent, span};
use taffy::{
    AlignContent, AlignItems, AlignSelf, Dimension, Display, FlexDirection, FlexWrap, GridPlacement,
    GridTemplateComponent, JustifyContent, LengthPercentageAuto, Line, Rect, Size, Style,
};

/// Whether a box's size along each axis is set by something other than its own content.
pub(crate) type Bounded = Size<bool>;

/// A frame as a container. Its own size as an item is [`flow_item`]'s.
pub(crate) fn container(frame: &Frame, style: &mut Style) {
    let [top, right, bottom, left] = frame.padding;
    style.padding = Rect { left: length(left), right: length(right), top: length(top), bottom: length(bottom) };
    match &frame.layout {
        FrameLayout::Free => {}
        FrameLayout::Row(flex) => flex_container(flex, FlexDirection::Row, style),
        FrameLayout::Column(flex) => flex_container(flex, FlexDirection::Column, style),
        FrameLayout::Grid { columns, rows, gap, align_items, justify_content } => {
            style.display = Display::Grid;
            style.grid_template_columns =
                if columns.is_empty() { vec![fr_from_zero(1.0)] } else { columns.iter().map(track).collect() };
            style.grid_template_rows = rows.iter().map(track).collect();
            style.gap = Size { width: length(gap[1]), height: length(gap[0]) };
            // Items fill their cell; only a vertical alignment that was asked for keeps them from it.
            style.justify_items = AlignItems::STRETCH;
            style.align_items = if *align_items == Align::Start { AlignItems::STRETCH } else { align(*align_items) };
            style.align_content = AlignContent::START;
            style.justify_content = justify(*justify_content);
        }
    }
}

fn flex_container(flex: &Flex, direction: FlexDirection, style: &mut Style) {
    style.display = Display::Flex;
    style.flex_direction = direction;
    style.flex_wrap = if flex.wrap { FlexWrap::Wrap } else { FlexWrap::NoWrap };
    style.gap = Size { width: length(flex.gap[1]), height: length(flex.gap[0]) };
    style.align_items = align(flex.align_items);
    style.align_content = AlignContent::START;
    style.justify_content = justify(flex.justify_content);
}

/// How a child in the flow of `parent` is sized and placed. `ratio` is a picture's own width / height.
pub(crate) fn flow_item(node: &Node, parent: &Frame, bounded: Bounded, ratio: Option<f64>) -> Style {
    let at = &node.placement;
    let [top, right, bottom, left] = at.margin;
    let mut style = Style {
        size: Size { width: dimension(at.width), height: dimension(at.height) },
        min_size: Size { width: bound(at.min_width), height: bound(at.min_height) },
        max_size: Size { width: bound(at.max_width), height: bound(at.max_height) },
        margin: Rect { left: length(left), right: length(right), top: length(top), bottom: length(bottom) },
        aspect_ratio: aspect_ratio(at, ratio).map(|ratio| ratio as f32),
        align_self: at.align_self.map(align),
        ..Style::DEFAULT
    };
    match &parent.layout {
        FrameLayout::Row(_) => flex_item(node, Axis::Horizontal, bounded.width, &mut style),
        FrameLayout::Column(_) => flex_item(node, Axis::Vertical, bounded.height, &mut style),
        FrameLayout::Grid { rows, .. } => grid_item(node, rows, &mut style),
        FrameLayout::Free => {}
    }
    style
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Horizontal,
    Vertical,
}

fn flex_item(node: &Node, main: Axis, parent_bounded: bool, style: &mut Style) {
    let at = &node.placement;
    let (main_length, cross_length) = match main {
        Axis::Horizontal => (at.width, at.height),
        Axis::Vertical => (at.height, at.width),
    };
    let fills = main_length == Length::Fill;
    let is_text = matches!(node.kind, NodeKind::Text(_));
    style.flex_grow = at.grow.max(if fills { 1.0 } else { 0.0 }) as f32;
    style.flex_shrink =
        at.shrink.map_or(if is_text || style.flex_grow > 0.0 { 1.0 } else { 0.0 }, |given| given as f32);
    if fills && parent_bounded {
        style.flex_basis = length(0.0);
    }
    // Nothing is kept from shrinking by its content, except a text that says nothing about its size: it keeps its lines.
    let keeps_content = is_text && main_length == Length::Auto && at.grow == 0.0;
    let (min, max_cross) = match main {
        Axis::Horizontal => (&mut style.min_size.width, at.max_height),
        Axis::Vertical => (&mut style.min_size.height, at.max_width),
    };
    if *min == LengthPercentageAuto::auto() && !keeps_content {
        *min = length(0.0);
    }
    if cross_length == Length::Fill {
        fill_cross(main, max_cross.is_some(), at, style);
    }
}

/// Stretches across the flow. With a greatest size it must be a percentage instead, because what is stretched and then
/// held back stands at the start whatever its alignment says.
fn fill_cross(main: Axis, has_max: bool, at: &Placement, style: &mut Style) {
    let (size, margins) = match main {
        Axis::Horizontal => (&mut style.size.height, at.margin[0] + at.margin[2]),
        Axis::Vertical => (&mut style.size.width, at.margin[1] + at.margin[3]),
    };
    if has_max && margins == 0.0 {
        *size = percent(1.0);
    } else {
        style.align_self = Some(AlignSelf::STRETCH);
    }
}

fn grid_item(node: &Node, rows: &[Track], style: &mut Style) {
    let at = &node.placement;
    style.grid_column = grid_line(at.column, at.column_span);
    style.grid_row = grid_line(at.row, at.row_span);
    let is_text = matches!(node.kind, NodeKind::Text(_));
    for (given, min) in [(at.width, &mut style.min_size.width), (at.height, &mut style.min_size.height)] {
        if *min == LengthPercentageAuto::auto() && !(is_text && given == Length::Auto) {
            *min = length(0.0);
        }
    }
    if at.width == Length::Fill {
        style.justify_self = Some(AlignSelf::STRETCH);
    }
    if at.height == Length::Fill {
        style.align_self = Some(AlignSelf::STRETCH);
    }
    // A picture fills its cell; only where the row's height comes from what is in it does the picture's ratio count.
    let is_picture = matches!(node.kind, NodeKind::Image(_) | NodeKind::Svg(_));
    let unsized_picture = is_picture && at.width == Length::Auto && at.height == Length::Auto;
    if unsized_picture && at.aspect_ratio.is_none() {
        if rows_follow_content(rows) {
            style.align_self = style.align_self.or(Some(AlignSelf::START));
        } else {
            style.aspect_ratio = None;
        }
    }
}

fn rows_follow_content(rows: &[Track]) -> bool {
    rows.is_empty() || rows.contains(&Track::Auto)
}

fn grid_line(start: Option<u32>, count: u32) -> Line<GridPlacement> {
    let end = span(u16::try_from(count.max(1)).unwrap_or(u16::MAX));
    match start.and_then(|number| i16::try_from(number).ok()) {
        Some(number) => Line { start: line(number), end },
        None => Line { start: end, end: GridPlacement::Auto },
    }
}

/// The ratio a box keeps: the one given, or a picture's own when at most one of its sides is given.
pub(crate) fn aspect_ratio(at: &Placement, own: Option<f64>) -> Option<f64> {
    let both_given = at.width != Length::Auto && at.height != Length::Auto;
    at.aspect_ratio.or(if both_given { None } else { own }).filter(|ratio| ratio.is_finite() && *ratio > 0.0)
}

/// Which sides of a child in the flow are set by something else than its content: what text may fill or shrink to.
pub(crate) fn flow_bounds(at: &Placement, parent: &Frame, bounded: Bounded, ratio: Option<f64>) -> Bounded {
    let (main, stretches) = match &parent.layout {
        FrameLayout::Row(flex) => (Some(Axis::Horizontal), stretches(at, flex)),
        FrameLayout::Column(flex) => (Some(Axis::Vertical), stretches(at, flex)),
        FrameLayout::Grid { .. } | FrameLayout::Free => (None, false),
    };
    let side = |axis: Axis, given: Length, parent_bounded: bool| match given {
        Length::Px(_) => true,
        Length::Fraction(_) | Length::Fill => parent_bounded && cell_is_bounded(parent, axis),
        Length::Auto => match main {
            Some(main) if main == axis => at.grow > 0.0 && parent_bounded,
            Some(_) => stretches && parent_bounded,
            None => parent_bounded && cell_is_bounded(parent, axis),
        },
    };
    let width = side(Axis::Horizontal, at.width, bounded.width);
    let height = side(Axis::Vertical, at.height, bounded.height);
    let keeps_ratio = aspect_ratio(at, ratio).is_some();
    Size { width: width || (keeps_ratio && height), height: height || (keeps_ratio && width) }
}

fn stretches(at: &Placement, flex: &Flex) -> bool {
    !flex.wrap && at.align_self.unwrap_or(flex.align_items) == Align::Stretch
}

fn cell_is_bounded(parent: &Frame, axis: Axis) -> bool {
    match (&parent.layout, axis) {
        (FrameLayout::Grid { columns, .. }, Axis::Horizontal) => !columns.contains(&Track::Auto),
        (FrameLayout::Grid { rows, .. }, Axis::Vertical) => !rows_follow_content(rows),
        _ => true,
    }
}

fn dimension(given: Length) -> Dimension {
    match given {
        Length::Auto | Length::Fill => Dimension::auto(),
        Length::Px(px) => length(px),
        Length::Fraction(fraction) => percent(fraction),
    }
}

fn bound(given: Option<Length>) -> LengthPercentageAuto {
    match given {
        None | Some(Length::Auto) => LengthPercentageAuto::auto(),
        Some(Length::Fill) => percent(1.0),
        Some(Length::Px(px)) => length(px),
        Some(Length::Fraction(fraction)) => percent(fraction),
    }
}

fn track(given: &Track) -> GridTemplateComponent<String> {
    match *given {
        Track::Auto => taffy::style_helpers::auto(),
        Track::Px(px) => length(px),
        Track::Fraction(fraction) => percent(fraction),
        Track::Fr(share) => fr_from_zero(share),
    }
}

fn align(given: Align) -> AlignItems {
    match given {
        Align::Start => AlignItems::START,
        Align::Center => AlignItems::CENTER,
        Align::End => AlignItems::END,
        Align::Stretch => AlignItems::STRETCH,
        Align::Baseline => AlignItems::BASELINE,
    }
}

fn justify(given: Justify) -> JustifyContent {
    match given {
        Justify::Start => JustifyContent::START,
        Justify::Center => JustifyContent::CENTER,
        Justify::End => JustifyContent::END,
        Justify::SpaceBetween => JustifyContent::SPACE_BETWEEN,
        Justify::SpaceAround => JustifyContent::SPACE_AROUND,
        Justify::SpaceEvenly => JustifyContent::SPACE_EVENLY,
    }
}
