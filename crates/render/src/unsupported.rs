//! The one place that says what the format has and this version does not draw. Such a property is refused by name
//! before work begins, never ignored.

use handbill_template::resolved::{Document, Frame, ImageFilters, Node, NodeKind};

use crate::error::RenderError;

/// # Errors
/// [`RenderError::NotDrawn`] for the first property that is not drawn.
pub(crate) fn check(document: &Document) -> Result<(), RenderError> {
    document.slides.iter().try_for_each(|slide| check_frame(&slide.frame))
}

fn check_frame(frame: &Frame) -> Result<(), RenderError> {
    frame.children.iter().try_for_each(check_node)
}

fn check_node(node: &Node) -> Result<(), RenderError> {
    match &node.kind {
        NodeKind::Frame(frame) => check_frame(frame),
        NodeKind::Image(image) => match undrawn_filter(&image.filters) {
            Some(filter) => Err(not_drawn(node, &format!("filters.{filter}"))),
            None => Ok(()),
        },
        NodeKind::Text(_) | NodeKind::Shape(_) | NodeKind::Svg(_) | NodeKind::Code(_) => Ok(()),
    }
}

/// Blur is drawn; filters that change colours are not, unless they leave the picture as it is.
fn undrawn_filter(filters: &ImageFilters) -> Option<&'static str> {
    let changes = |amount: Option<f64>, neutral: f64| amount.is_some_and(|amount| amount != neutral);
    let found = [
        ("brightness", changes(filters.brightness, 1.0)),
        ("contrast", changes(filters.contrast, 1.0)),
        ("saturate", changes(filters.saturate, 1.0)),
        ("grayscale", changes(filters.grayscale, 0.0)),
        ("sepia", changes(filters.sepia, 0.0)),
        ("invert", changes(filters.invert, 0.0)),
        ("hueRotate", changes(filters.hue_rotate, 0.0)),
        ("tint", filters.tint.is_some()),
    ];
    found.into_iter().find(|(_, changes)| *changes).map(|(name, _)| name)
}

fn not_drawn(node: &Node, property: &str) -> RenderError {
    RenderError::NotDrawn { node: node.id.clone(), property: property.to_owned() }
}

#[cfg(test)]
mod tests {
    use handbill_template::resolved::NodeKind;

    use super::check;
    use crate::error::RenderError;
    use crate::fixtures::{column, frame, image, page, rect};

    fn refused(node: handbill_template::resolved::Node) -> Option<String> {
        let nested = frame("inner", column(), vec![rect("before"), node]);
        match check(&page(10.0, 10.0, column(), vec![nested])) {
            Ok(()) => None,
            Err(RenderError::NotDrawn { node, property }) => Some(format!("{node} {property}")),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn what_is_not_drawn_is_refused_by_name() {
        let with_filter = |change: fn(&mut handbill_template::resolved::ImageFilters)| {
            let mut photo = image("photo", "x");
            if let NodeKind::Image(image) = &mut photo.kind {
                change(&mut image.filters);
            }
            refused(photo)
        };
        assert_eq!(with_filter(|filters| filters.sepia = Some(0.5)).as_deref(), Some("photo filters.sepia"));
        assert_eq!(with_filter(|filters| filters.contrast = Some(1.0)), None);
        assert_eq!(with_filter(|filters| filters.blur = Some(4.0)), None);
    }
}
