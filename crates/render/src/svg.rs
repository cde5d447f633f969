//! Drawings (SVG): read by usvg with everything outside switched off, and turned into our own display list, so that
//! every output draws them as it draws everything else.
//!
//! ```text
//! bytes ─ source (text) ─► XML ─ check (cost) ─► read (usvg's tree) ─► draw (display list)
//! ```
//!
//! Not here: where a drawing goes on the page and how it fits there (`paint`).

mod check;
mod draw;
mod fonts;
mod limits;
mod problem;
mod read;
mod source;
mod stand_in;
mod store;
#[cfg(test)]
mod tests;
mod texts;

use handbill_template::resolved::AssetRef;
use kurbo::Size;

pub(crate) use draw::{Budget, Ink, draw};
pub use problem::{DrawingProblem, Note};
pub use store::Drawings;

/// A drawing that was read and can be drawn.
#[derive(Debug)]
pub struct Drawing {
    tree: usvg::Tree,
    texts: texts::Texts,
    /// The pictures in it, by which the image store knows them.
    pictures: Vec<AssetRef>,
    notes: Vec<Note>,
}

impl Drawing {
    /// Its own width and height; a pixel of it is a layout pixel. Both are above 0.
    pub fn size(&self) -> Size {
        let size = self.tree.size();
        Size::new(f64::from(size.width()), f64::from(size.height()))
    }

    /// What was left out of it when it was read.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }
}
