//! Whether text can be read on what is behind it: WCAG 2's contrast (success criterion 1.4.3) of every text of a page;
//! and whether codes can be, whose modules must be darker than what is behind and around them.
//!
//! ```text
//! display list ─ words (letters with their paints, and what lies where) ─► ground ─► the ratio that 9 of 10 places have
//! ```
//!
//! Where only plain colours lie behind, they are known from the list. Pictures, gradients, shadows and the like are drawn
//! once more for it, small and without the letters. Decoration is not judged: signs without a letter or digit, and what is
//! too faint to be meant for reading. Nor is text within a blend mode, a mask or a blur.

mod ground;
mod wcag;
mod words;

use handbill_template::{Warning, WarningCode};

use crate::display::DisplayList;
use crate::fonts::FontLibrary;
use crate::images::ImageStore;
use crate::layout::LaidOut;
use crate::raster::RasterContext;
use ground::Grounds;
use words::Page;

pub(crate) use wcag::contrast_ratio;

/// What is needed to draw what lies behind a text.
pub(crate) struct Drawing<'a> {
    pub(crate) fonts: &'a FontLibrary,
    pub(crate) images: &'a ImageStore,
    pub(crate) raster: &'a mut RasterContext,
}

/// A warning for each text whose contrast is too low somewhere.
pub(crate) fn warnings(laid: &LaidOut<'_>, list: &DisplayList, drawing: &mut Drawing<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (number, (slide, page)) in laid.slides.iter().zip(&list.pages).enumerate() {
        let page = Page::of(slide, page, list.pt_per_px / 0.75, drawing.fonts);
        let mut grounds = Grounds::new(&page);
        let mut found: Vec<Found<'_>> = Vec::new();
        for words in &page.words {
            let Some(ratio) = grounds.ratio(words, drawing) else { continue };
            let needed = wcag::needed(words.is_large);
            match found.iter_mut().find(|found| found.node == words.node) {
                Some(found) if ratio / needed >= found.ratio / found.needed => {}
                Some(found) => (found.ratio, found.needed) = (ratio, needed),
                None => found.push(Found { node: words.node, what: What::Letters, ratio, needed }),
            }
        }
        for code in &page.codes {
            if let Some(ratio) = grounds.code_ratio(code, drawing) {
                let needed = wcag::NEEDED_BY_CODES;
                found.push(Found { node: &code.item.node, what: What::Code, ratio, needed });
            }
        }
        let low = found.iter().filter(|found| found.ratio < found.needed);
        warnings.extend(low.map(|found| found.warning().on_slide(number)));
    }
    warnings
}

/// What a node shows.
#[derive(Clone, Copy)]
enum What {
    Letters,
    Code,
}

/// The lowest contrast of a node.
struct Found<'a> {
    node: &'a str,
    what: What,
    ratio: f64,
    needed: f64,
}

impl Found<'_> {
    fn warning(&self) -> Warning {
        let &Found { node, what, ratio, needed } = self;
        // Down, so that what is just too low does not look like enough.
        let ratio = (ratio * 100.0).floor() / 100.0;
        let message = match what {
            What::Letters => {
                format!("{node}: its contrast on what is behind it is {ratio}:1; letters of this size need {needed}:1")
            }
            What::Code if ratio < 1.0 => {
                format!(
                    "{node}: the code is lighter than what is behind or around it; many scanners read only dark codes"
                )
            }
            What::Code => format!(
                "{node}: the contrast of the code on what is behind and around it is {ratio}:1; scanners need {needed}:1"
            ),
        };
        Warning::new(WarningCode::LowContrast, message).on_node(node).from_to(ratio, needed)
    }
}

#[cfg(test)]
mod tests;
