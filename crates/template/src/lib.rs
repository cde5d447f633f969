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

pub mod bind;
mod check;
pub mod color;
pub mod compiled;
pub mod date;
pub mod document;
pub mod expression;
mod fault;
pub mod fields;
mod grammar;
pub mod limits;
pub mod locale;
pub mod markup;
mod migrate;
pub mod nearest;
mod read;
pub mod reference;
pub mod resolve;
pub mod resolved;
pub mod schema;
#[cfg(test)]
mod testing;
pub mod value;
pub mod warning;
mod write;

pub use check::{Lint, LintCode, lint};
pub use compiled::Compiled;
pub use document::Template;
pub use fault::{Fault, FaultKind, Faults};
pub use read::{check, read, read_value};
pub use resolve::resolve;
pub use warning::{Warning, WarningCode};
pub use write::{canonical_bytes, write};
