//! Pixels → files. One file per format; the same pixels give the same bytes on every machine.

#[cfg(feature = "avif-encode")]
pub mod avif;
pub mod jpeg;
pub mod png;
pub mod webp;
