//! The pictures of one render: read once, turned upright, in sRGB; and the cache that keeps them between renders.
//!
//! ```text
//! bytes ─ probe (header, limits) ─► decode (one file per format) ─► sRGB ─► upright ─► Pixmap ─► scaled copies
//! ```
//!
//! Not here: where a picture goes and what of it shows (layout and paint decide), and drawing it (`raster`).

#[cfg(feature = "avif-decode")]
mod avif_file;
pub mod cache;
mod decode;
mod exif;
mod filter;
mod focus;
mod jpeg_file;
mod orientation;
mod pick;
pub mod probe;
mod scale;
mod store;

pub use cache::{CacheUsage, ImageCache};
pub use filter::ColorFilter;
pub use orientation::Orientation;
pub use probe::{ImageFormat, ImageInfo, probe};
pub use store::ImageStore;

/// A picture of one render, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageId(pub u32);

/// Why a picture cannot be used. Each reads as the rest of a sentence that begins with the picture's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageProblem {
    /// The render was not given this asset.
    #[error("was not fetched")]
    Missing,
    /// Fetching it failed; the text says why.
    #[error("could not be fetched: {0}")]
    NotFetched(String),
    #[error("is not a picture of a kind that can be read{}; use {READABLE}", found(.0))]
    UnknownFormat(Option<&'static str>),
    #[error("is {width} × {height} pixels; at most {limit} pixels in all, and 65,535 on a side, are allowed")]
    TooLarge { width: u64, height: u64, limit: u64 },
    #[error("is a damaged {format} file: {reason}")]
    Damaged { format: ImageFormat, reason: String },
    #[error("is a {format} file of a kind that cannot be read: {reason}")]
    Unsupported { format: ImageFormat, reason: String },
}

/// The kinds of picture that this build reads, for messages.
pub const READABLE: &str =
    if cfg!(feature = "avif-decode") { "PNG, JPEG, WebP, AVIF or GIF" } else { "PNG, JPEG, WebP or GIF" };

fn found(kind: &Option<&'static str>) -> String {
    kind.map(|kind| format!(" (it looks like {kind})")).unwrap_or_default()
}
