//! Why a drawing cannot be drawn, and what of it was left out.

use handbill_template::WarningCode;

/// Each reads as the rest of a sentence that begins with the drawing's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrawingProblem {
    /// The render was not given this asset.
    #[error("was not fetched")]
    Missing,
    /// Fetching it failed; the text says why.
    #[error("could not be fetched: {0}")]
    NotFetched(String),
    #[error("is not an SVG drawing: {0}")]
    NotSvg(String),
    #[error("asks for too much: {what} is {actual}; at most {limit} are allowed")]
    TooMuch { what: &'static str, actual: u64, limit: u64 },
    #[error("cannot be drawn: its element {0} is part of what it is drawn with itself")]
    Recursive(String),
    /// Something that SVG has and this engine does not draw.
    #[error("uses {0}, which is not drawn; export it without, or as a picture")]
    NotDrawn(String),
    #[error("cannot be read: {0}")]
    Damaged(String),
}

/// Something that is missing from a drawing that is drawn all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub code: WarningCode,
    /// The rest of a sentence that begins with the drawing's name.
    pub words: String,
    /// What was asked for, and what was used instead, where there is such a thing.
    pub from: Option<String>,
    pub to: Option<String>,
}

impl Note {
    pub(super) fn left_out(words: impl Into<String>) -> Note {
        Note { code: WarningCode::ImageFailed, words: words.into(), from: None, to: None }
    }
}
