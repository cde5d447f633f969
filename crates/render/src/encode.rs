//! Pixels → files. One file per format; the same pixels give the same bytes on every machine.

pub mod jpeg;
pub mod png;
