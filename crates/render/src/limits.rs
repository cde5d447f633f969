//! Bounds on what is asked for, checked before work begins. What a picture's header says is checked by `images`.

use handbill_template::resolved::{Blend, Document, Effects, Frame, Node, NodeKind};

use crate::encode::webp;
use crate::error::RenderError;
use crate::input::{Format, Limits, Options};

/// Frames inside each other. Layout and painting go down with them, and the stack must hold that.
const MAX_DEPTH: u64 = 64;

/// # Errors
/// [`RenderError::LimitExceeded`] for the first bound that is exceeded, [`RenderError::Output`] for a picture without
/// pixels.
pub(crate) fn check(document: &Document, options: &Options) -> Result<(), RenderError> {
    let limits = &options.limits;
    within("the number of slides", document.slides.len(), limits.max_slides as u64)?;
    let mut count = Count::default();
    for slide in &document.slides {
        count.frame(&slide.frame, 1, 0)?;
    }
    within("the number of nodes", count.nodes, limits.max_nodes as u64)?;
    within("the number of characters in all texts", count.characters, limits.max_text_chars as u64)?;
    within(
        "the number of effects (opacity, blend, blur, mask, shadow) inside each other",
        count.layers,
        limits.max_layers as u64,
    )?;
    check_output(document, options, limits)
}

fn check_output(document: &Document, options: &Options, limits: &Limits) -> Result<(), RenderError> {
    let page = document.page;
    let no_picture = |reason: &str| RenderError::Output { what: "the picture".to_owned(), reason: reason.to_owned() };
    if !(page.width > 0.0 && page.height > 0.0 && page.width_px > 0 && page.height_px > 0) {
        return Err(no_picture("it would have no size"));
    }
    if !options.format.is_available() {
        return Err(not_in_this_build(options.format));
    }
    if options.format == Format::Pdf {
        return Ok(());
    }
    if !(options.scale > 0.0 && options.scale.is_finite()) {
        return Err(no_picture("its scale is not a number above 0"));
    }
    let (width, height) = pixel_size(document, options);
    let pixels = u64::from(width) * u64::from(height);
    exceeded("the picture's number of pixels", pixels, limits.max_output_pixels)?;
    if options.format == Format::WebP {
        exceeded("the longer side of a WebP in pixels", width.max(height).into(), webp::MAX_SIDE.into())?;
    }
    Ok(())
}

/// The error for a format that was left out when this program was built.
pub(crate) fn not_in_this_build(format: Format) -> RenderError {
    let extension = format.extension();
    let reason = format!("this program was built without the feature {extension}-encode");
    RenderError::Output { what: format!("the {}", extension.to_uppercase()), reason }
}

/// A picture's size in device pixels.
pub(crate) fn pixel_size(document: &Document, options: &Options) -> (u32, u32) {
    let scaled = |pixels: u32| (f64::from(pixels) * options.scale).round().max(1.0) as u32;
    (scaled(document.page.width_px), scaled(document.page.height_px))
}

#[derive(Default)]
struct Count {
    nodes: usize,
    characters: usize,
    layers: usize,
}

impl Count {
    fn frame(&mut self, frame: &Frame, depth: u64, layers: usize) -> Result<(), RenderError> {
        exceeded("the number of frames inside each other", depth, MAX_DEPTH)?;
        frame.children.iter().try_for_each(|node| self.node(node, depth, layers))
    }

    fn node(&mut self, node: &Node, depth: u64, layers: usize) -> Result<(), RenderError> {
        let layers = layers + own_layers(&node.effects);
        self.nodes += 1;
        self.layers = self.layers.max(layers);
        match &node.kind {
            NodeKind::Frame(frame) => self.frame(frame, depth + 1, layers)?,
            NodeKind::Text(text) => {
                self.characters += text.spans.iter().map(|span| span.text.chars().count()).sum::<usize>();
            }
            NodeKind::Image(_) | NodeKind::Shape(_) | NodeKind::Svg(_) | NodeKind::Code(_) => {}
        }
        Ok(())
    }
}

/// Pictures of their own that a node's effects may take while it is drawn.
fn own_layers(effects: &Effects) -> usize {
    let apart = effects.opacity < 1.0 || effects.blend != Blend::Normal;
    [apart, effects.mask.is_some(), effects.blur > 0.0, !effects.shadows.is_empty()].iter().filter(|&&has| has).count()
}

fn within(what: &str, actual: usize, limit: u64) -> Result<(), RenderError> {
    exceeded(what, actual as u64, limit)
}

fn exceeded(what: &str, actual: u64, limit: u64) -> Result<(), RenderError> {
    if actual > limit {
        return Err(RenderError::LimitExceeded { what: what.to_owned(), actual, limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use handbill_template::resolved::{Document, Frame};

    use super::check;
    use crate::error::RenderError;
    use crate::fixtures::{column, document, frame, page, rect, slide, text, with};
    use crate::input::{Format, Limits, Options};

    fn nested(depth: usize) -> Document {
        let mut node = rect("leaf");
        for level in 0..depth {
            node = with(frame(&format!("f{level}"), column(), vec![node]), |effects| effects.opacity = 0.5);
        }
        page(100.0, 100.0, column(), vec![node])
    }

    #[test]
    fn each_bound_is_checked() {
        let small = |change: fn(&mut Limits)| {
            let mut options = Options::default();
            change(&mut options.limits);
            options
        };
        let three = || (0..3).map(|n| slide(&format!("s{n}"), Frame::default())).collect();
        let words = || page(100.0, 100.0, column(), vec![text("t", "fünf", 10.0), text("u", "x", 10.0)]);
        let scaled = Options { scale: 4.0, ..Options::default() };
        let pdf = Options { scale: 4.0, ..Options::with_format(Format::Pdf) };
        /// The number found and the bound, when it is exceeded.
        type Exceeded = Option<(u64, u64)>;
        let cases: Vec<(Document, Options, Exceeded)> = vec![
            (words(), Options::default(), None),
            (document(10.0, 10.0, three()), small(|l| l.max_slides = 2), Some((3, 2))),
            (words(), small(|l| l.max_nodes = 1), Some((2, 1))),
            (words(), small(|l| l.max_text_chars = 4), Some((5, 4))),
            (nested(5), small(|l| l.max_layers = 4), Some((5, 4))),
            (nested(100), Options::default(), Some((65, 64))),
            (page(3000.0, 3000.0, column(), vec![]), Options::default(), None),
            (page(3000.0, 3000.0, column(), vec![]), scaled, Some((144_000_000, 50_000_000))),
            (page(3000.0, 3000.0, column(), vec![]), pdf, None),
        ];
        for (index, (document, options, expected)) in cases.into_iter().enumerate() {
            let found = match check(&document, &options) {
                Ok(()) => None,
                Err(RenderError::LimitExceeded { actual, limit, .. }) => Some((actual, limit)),
                Err(other) => panic!("case {index}: {other}"),
            };
            assert_eq!(found, expected, "case {index}");
        }
    }

    #[test]
    fn a_picture_needs_a_size() {
        let bad_scale = Options { scale: f64::NAN, ..Options::default() };
        for (width, options) in [(0.0, Options::default()), (10.0, bad_scale)] {
            let found = check(&page(width, 10.0, column(), vec![]), &options);
            assert!(matches!(found, Err(RenderError::Output { .. })), "{found:?}");
        }
    }
}
