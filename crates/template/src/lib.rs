//! The template format: documents, their fields, how requests fill them, and what comes out.
//!
//! Data goes through this crate in one direction:
//!
//! ```text
//! template.json ─ read ─► document::Template ─┐
//!                                             ├─ resolve ─► resolved::Document ─► handbill-render
//! a request ───── bind ─► bind::Bound ────────┘
//! ```
//!
//! The crate is pure: it reads no file, no clock, no environment and no network.

pub mod color;
pub mod date;
pub mod document;
pub mod expression;
pub mod locale;
pub mod nearest;
pub mod resolved;
pub mod value;
pub mod warning;

pub use document::Template;
pub use warning::{Warning, WarningCode};
