//! Renders that go through the queue: asked for, worked on, looked at, waited for. What an API calls a job is one of them.

pub mod ask;
pub mod cancel;
pub mod estimate;
mod faults;
pub mod files;
pub mod forget;
pub mod list;
pub mod look;
mod native;
pub mod perform;
pub mod queue_stats;
pub mod rehearse;
pub mod request;
pub mod wait;

use handbill_render::{Format, Report};
use serde::{Deserialize, Serialize};

use super::{ActionError, Kind};

pub use native::MAX_OUTPUTS;

/// What a render made. Kept with it as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RenderResult {
    /// In the order in which they were asked for; at least one.
    pub outputs: Vec<Output>,
}

/// All files of one size and format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// As it was asked for; nothing for the template's own.
    #[serde(default)]
    pub size: Option<String>,
    pub format: Format,
    /// In slide order; a PDF is one.
    pub files: Vec<ResultFile>,
    /// Several files, or one that stands for several slides.
    pub carousel: bool,
    /// The files are a list, even if there is one.
    pub is_list: bool,
    pub report: Report,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultFile {
    pub key: String,
    /// Pixels; points for a PDF.
    pub width: u32,
    pub height: u32,
    /// Bytes.
    pub len: usize,
}

/// Why a render came to nothing. Kept with it as JSON, and for everybody to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub kind: FailureKind,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// It was there when the render was asked for.
    TemplateNotFound,
    /// What was sent is the cause.
    Invalid,
    /// It could not be drawn, and what was sent is not the cause.
    RenderFailed,
    /// Several processes that worked on it died.
    Crashed,
    StorageFull,
    Canceled,
    /// Our fault.
    Internal,
}

impl Failure {
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Failure {
        Failure { kind, message: message.into() }
    }

    pub fn internal() -> Failure {
        Failure::new(FailureKind::Internal, "Something went wrong on the server")
    }

    /// The kind of error that it is for whoever waited for it.
    pub fn as_kind(&self) -> Kind {
        match self.kind {
            FailureKind::TemplateNotFound => Kind::NotFound,
            FailureKind::Invalid => Kind::Invalid,
            FailureKind::RenderFailed | FailureKind::Crashed | FailureKind::Canceled => Kind::RenderFailed,
            FailureKind::StorageFull => Kind::StorageFull,
            FailureKind::Internal => Kind::Internal,
        }
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Of a job's error: ours, or the queue's own words, which are for the log.
    pub(crate) fn of_job(error: &str, crashes: i64) -> Failure {
        if let Ok(failure) = serde_json::from_str(error) {
            return failure;
        }
        tracing::error!(error, crashes, "a render ended without a word of ours");
        match crashes {
            0 => Failure::internal(),
            _ => Failure::new(
                FailureKind::Crashed,
                format!("{crashes} processes that worked on the render died, so it was given up"),
            ),
        }
    }
}

impl From<&ActionError> for Failure {
    fn from(error: &ActionError) -> Failure {
        let kind = match error.kind {
            Kind::NotFound => FailureKind::TemplateNotFound,
            Kind::Invalid => FailureKind::Invalid,
            Kind::RenderFailed => FailureKind::RenderFailed,
            Kind::StorageFull => FailureKind::StorageFull,
            _ => FailureKind::Internal,
        };
        Failure::new(kind, error.message.clone())
    }
}
