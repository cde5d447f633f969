//! What the engine is given. Serializable without its asset bytes, so that it can cross into another process.

use std::collections::BTreeMap;
use std::sync::Arc;

use handbill_template::resolved::{AssetRef, Document};
use serde::{Deserialize, Serialize};

/// Everything a render depends on, but for the fonts the engine was made with.
#[derive(Debug, Clone)]
pub struct Input {
    pub document: Document,
    /// One entry for every asset of `document.assets()`; a missing one counts as failed.
    pub assets: BTreeMap<AssetRef, Asset>,
    pub options: Options,
}

/// An asset's bytes as they came, or why they did not come.
#[derive(Debug, Clone)]
pub enum Asset {
    Bytes(Arc<[u8]>),
    /// One sentence for people: "the server answered 404".
    Failed(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Options {
    pub format: Format,
    /// 1 to 4: device pixels per picture pixel. Ignored by PDF.
    pub scale: f64,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
    /// A text that overflows, a picture that failed and the like are errors instead of warnings.
    pub strict: bool,
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Options { format: Format::Png, scale: 1.0, quality: 90, strict: false, limits: Limits::default() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Png,
    Jpeg,
    Pdf,
}

impl Format {
    pub fn extension(self) -> &'static str {
        match self {
            Format::Png => "png",
            Format::Jpeg => "jpg",
            Format::Pdf => "pdf",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Format::Png => "image/png",
            Format::Jpeg => "image/jpeg",
            Format::Pdf => "application/pdf",
        }
    }
}

/// Bounds that are checked before work begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    pub max_slides: usize,
    /// Nodes in all slides together.
    pub max_nodes: usize,
    /// Characters in all texts together.
    pub max_text_chars: usize,
    /// Of one output picture.
    pub max_output_pixels: u64,
    /// Of one input picture, known from its header.
    pub max_image_pixels: u64,
    /// Groups (opacity, blend, mask, blur) inside each other.
    pub max_layers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_slides: 100,
            max_nodes: 10_000,
            max_text_chars: 200_000,
            max_output_pixels: 50_000_000,
            max_image_pixels: 50_000_000,
            max_layers: 32,
        }
    }
}

impl Options {
    /// As the defaults, in another format.
    pub fn with_format(format: Format) -> Self {
        Options { format, ..Options::default() }
    }
}
