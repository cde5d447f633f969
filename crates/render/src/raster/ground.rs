//! Whether a page is opaque whatever else is drawn on it. The drawing library rounds coverage so that an opaque ground
//! can end up at 254 of 255 beneath a soft edge; knowing better, the page is set right and written without alpha.

use handbill_template::resolved::Rgba;

use super::canvas::{Canvas, Outline};
use crate::display::{ColorStop, Group, Item, Paint};

/// Whether one of the items is an opaque fill of all of the canvas.
pub(super) fn is_opaque(canvas: &Canvas, items: &[Item]) -> bool {
    items.iter().any(|item| match item {
        Item::Fill(fill) => opaque(&fill.paint) && covers(canvas, &canvas.outline(&fill.shape, fill.transform)),
        Item::Group(group) => passes(canvas, group) && is_opaque(canvas, &group.items),
        _ => false,
    })
}

/// Whether what a group draws reaches the page as it is.
fn passes(canvas: &Canvas, group: &Group) -> bool {
    let clip = group.clip.as_ref();
    !group.isolates() && clip.is_none_or(|clip| covers(canvas, &canvas.outline(&clip.shape, clip.transform)))
}

fn covers(canvas: &Canvas, outline: &Outline) -> bool {
    matches!(outline, Outline::Rect(rect) if rect.contains_rect(canvas.area()))
}

fn opaque(paint: &Paint) -> bool {
    let full = |color: Rgba| color.0[3] == 255;
    let all = |stops: &[ColorStop]| !stops.is_empty() && stops.iter().all(|stop| full(stop.color));
    match paint {
        Paint::Solid(color) => full(*color),
        Paint::Linear(linear) => all(&linear.stops),
        Paint::Radial(radial) => all(&radial.stops),
        Paint::Image(_) | Paint::Tiles(_) => false,
    }
}
