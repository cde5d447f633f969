//! What leaves its frame: children in the flow that do not lie inside their parent's content box.

use super::boxes::{BoxId, Boxes};
use super::text_box::TOLERANCE;

/// Whether any descendant in the flow of `frame` leaves its own parent.
pub(crate) fn flow_leaves(boxes: &Boxes<'_>, frame: BoxId) -> bool {
    children_leave(boxes, frame) || boxes.nodes[frame].flow.iter().any(|&child| flow_leaves(boxes, child))
}

/// Whether a child in the flow of `frame` leaves it.
pub(crate) fn children_leave(boxes: &Boxes<'_>, frame: BoxId) -> bool {
    let parent = &boxes.nodes[frame];
    let [top, right, bottom, left] = boxes.frame(frame).map_or([0.0; 4], |frame| frame.padding);
    let (width, height) = (f64::from(parent.size.width), f64::from(parent.size.height));
    parent.flow.iter().any(|&child| {
        let child = &boxes.nodes[child];
        let [x, y] = [child.location.x, child.location.y].map(f64::from);
        let [child_width, child_height] = [child.size.width, child.size.height].map(f64::from);
        x < left - TOLERANCE
            || y < top - TOLERANCE
            || x + child_width > width - right + TOLERANCE
            || y + child_height > height - bottom + TOLERANCE
    })
}
