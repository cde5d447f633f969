//! Why a render did not come back, in words for the caller; what only the operator may read is beside them.

use handbill_render::RenderError;

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// The engine itself says why.
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(
        "rendering needs more than {limit_mb} MB of memory; use smaller or fewer pictures, fewer slides or a smaller size"
    )]
    OutOfMemory { limit_mb: u64 },
    #[error(
        "rendering took longer than {limit_ms} ms and was stopped; use fewer slides, fewer effects or a smaller size"
    )]
    DeadlineExceeded { limit_ms: u64 },
    /// A bug of ours that this input brought out. `details` are for the log.
    #[error("rendering failed because of a fault in the renderer; other requests are not affected")]
    Crashed { details: String },
    #[error("too many renders are waiting; try again in a moment")]
    Busy,
    #[error("the server is stopping; try again in a moment")]
    Stopping,
    /// No engine process can be started. `details` are for the log.
    #[error("the renderer cannot be started; the server's log says why")]
    Unavailable { details: String },
}

impl EngineError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Render(_) => "render_failed",
            Self::OutOfMemory { .. } => "out_of_memory",
            Self::DeadlineExceeded { .. } => "deadline_exceeded",
            Self::Crashed { .. } => "renderer_crashed",
            Self::Busy => "busy",
            Self::Stopping => "stopping",
            Self::Unavailable { .. } => "renderer_unavailable",
        }
    }

    /// What the log should have beside the public text.
    pub fn details(&self) -> Option<&str> {
        match self {
            Self::Crashed { details } | Self::Unavailable { details } => Some(details),
            _ => None,
        }
    }
}
