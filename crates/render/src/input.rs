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
    /// 1 to 100 of JPEG, WebP (at 100 without loss) and AVIF; None: the format's own ([`Format::usual_quality`]).
    pub quality: Option<u8>,
    /// Of PNG.
    pub compression: Compression,
    /// The slides' backgrounds are left out. What shows through is transparent, in a JPEG white.
    pub transparent: bool,
    /// A text that overflows, a picture that failed and the like are errors instead of warnings.
    pub strict: bool,
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            format: Format::Png,
            scale: 1.0,
            quality: None,
            compression: Compression::default(),
            transparent: false,
            strict: false,
            limits: Limits::default(),
        }
    }
}

impl Options {
    /// As the defaults, in another format.
    pub fn with_format(format: Format) -> Self {
        Options { format, ..Options::default() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Png,
    Jpeg,
    WebP,
    /// Only in builds with the feature `avif-encode`.
    Avif,
    Pdf,
}

impl Format {
    pub const ALL: [Format; 5] = [Format::Png, Format::Jpeg, Format::WebP, Format::Avif, Format::Pdf];

    /// By its extension, or the other one that JPEGs have.
    pub fn named(name: &str) -> Option<Format> {
        if name == "jpeg" {
            return Some(Format::Jpeg);
        }
        Format::ALL.into_iter().find(|format| format.extension() == name)
    }

    /// Whether this build can make it.
    pub fn is_available(self) -> bool {
        self != Format::Avif || cfg!(feature = "avif-encode")
    }

    pub fn extension(self) -> &'static str {
        match self {
            Format::Png => "png",
            Format::Jpeg => "jpg",
            Format::WebP => "webp",
            Format::Avif => "avif",
            Format::Pdf => "pdf",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Format::Png => "image/png",
            Format::Jpeg => "image/jpeg",
            Format::WebP => "image/webp",
            Format::Avif => "image/avif",
            Format::Pdf => "application/pdf",
        }
    }

    /// The quality of those that have one when nobody asks for another.
    pub fn usual_quality(self) -> Option<u8> {
        match self {
            Format::Jpeg | Format::WebP => Some(90),
            Format::Avif => Some(80),
            Format::Png | Format::Pdf => None,
        }
    }
}

/// How much time a PNG takes for how few bytes. The pixels are the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    Fast,
    #[default]
    Balanced,
    Small,
}

impl Compression {
    pub const ALL: [Compression; 3] = [Compression::Fast, Compression::Balanced, Compression::Small];

    pub fn named(name: &str) -> Option<Compression> {
        Compression::ALL.into_iter().find(|compression| compression.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Compression::Fast => "fast",
            Compression::Balanced => "balanced",
            Compression::Small => "small",
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
