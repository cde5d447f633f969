//! The engine: one value in (a resolved document, its assets, options), pictures or a PDF and a report out.
//!
//! ```text
//! Input ─ check ─► layout ─► display list ─┬─► raster ─► encode ─► PNG, JPEG, WebP, AVIF
//!            ▲        ▲                    └─► pdf ───────────► PDF
//!          images    text ◄─ fonts
//! ```
//!
//! `raster` and `pdf` both read the display list; `pdf` asks `raster` for what PDF cannot say (blur), and that is all
//! they know of each other. The crate is pure: no file, no network,
//! no clock, no environment. The same input gives the same bytes on every machine.

#[cfg(test)]
extern crate self as handbill_render;

#[cfg(test)]
#[path = "../tests/support/bundled.rs"]
mod bundled;

mod bounds;
mod contrast;
pub mod display;
pub mod encode;
pub mod engine;
pub mod error;
#[cfg(test)]
mod fixtures;
pub mod fonts;
pub mod images;
pub mod input;
pub mod layout;
mod limits;
mod outlines;
pub mod output;
pub mod paint;
pub mod pdf;
pub mod pixmap;
pub mod raster;
mod report;
pub mod svg;
pub mod text;

pub use engine::Engine;
pub use error::RenderError;
pub use input::{Asset, Compression, Format, Input, Limits, Options};
pub use output::{Picture, Progress, Rendered, Report, TextSize};
