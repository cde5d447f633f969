//! What the engine gives back: the files, and a report of what it did.

use handbill_template::Warning;
use serde::{Deserialize, Serialize};

/// A finished render.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// One per slide, in order; a PDF is one with all pages.
    pub pictures: Vec<Picture>,
    pub report: Report,
}

/// One output file.
#[derive(Debug, Clone)]
pub struct Picture {
    pub bytes: Vec<u8>,
    /// Pixels; the page in points (rounded) for a PDF.
    pub width: u32,
    pub height: u32,
}

/// What was done, so that nobody has to compare pictures to find out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Font sizes that `fit` chose.
    pub text_sizes: Vec<TextSize>,
    pub warnings: Vec<Warning>,
}

/// The size that a fitting text got, in layout px.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextSize {
    pub slide: usize,
    pub node: String,
    pub designed: f64,
    pub chosen: f64,
    pub lines: usize,
}

/// Sent while a render goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Slides done.
    pub done: usize,
    pub total: usize,
}
