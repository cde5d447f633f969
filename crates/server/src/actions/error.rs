//! Why an action was not done: a kind (API families turn it into a status), a text for the caller, and the cause, which
//! is logged and never answered.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use handbill_queue::{Full, Scope};

use crate::blobs::BlobError;

pub type Result<T> = std::result::Result<T, ActionError>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was sent is wrong; `fields` says where.
    Invalid,
    /// No token, or not a good one.
    Unauthorized,
    /// A good token that does not open this.
    Forbidden,
    /// There is no such thing, or it is another account's.
    NotFound,
    /// It cannot be done to the thing as it is now: its name is taken, or something needs it.
    Conflict,
    /// The thing was changed since the caller last saw it.
    Changed,
    /// Not done in the time there is.
    TimedOut,
    /// An Idempotency-Key that stands for another request.
    Reused,
    /// It could not be rendered, and what was sent is not the cause. The text says why.
    RenderFailed,
    /// Too much at once; the same again may succeed.
    Busy,
    /// As many wait already as may; `retry_after` says when there is likely to be room.
    Full,
    StorageFull,
    /// Our fault.
    Internal,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where it stands in what was sent: `email`, `data/slides/0/title`; empty for all of it. A `/` in a key is `~1`.
    pub name: String,
    /// Without the field's name: `can't be blank`.
    pub message: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
    /// Line and column, from 1, in a text that was sent as it is kept.
    pub place: Option<(usize, usize)>,
}

impl Field {
    pub fn new(name: impl Into<String>, message: impl Into<String>) -> Field {
        Field { name: name.into(), message: message.into(), suggestion: None, place: None }
    }
}

#[derive(Debug)]
pub struct ActionError {
    pub kind: Kind,
    /// For the caller.
    pub message: String,
    /// All faults of an `Invalid`, at once.
    pub fields: Vec<Field>,
    pub retry_after: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl ActionError {
    pub fn new(kind: Kind, message: impl Into<String>) -> ActionError {
        ActionError { kind, message: message.into(), fields: Vec::new(), retry_after: None, source: None }
    }

    pub fn invalid(fields: Vec<Field>) -> ActionError {
        let faults: Vec<String> = fields.iter().map(|field| format!("{} {}", field.name, field.message)).collect();
        ActionError { fields, ..ActionError::new(Kind::Invalid, faults.join("; ")) }
    }

    /// With everything that is wrong, beside the message.
    #[must_use]
    pub fn with_fields(self, fields: Vec<Field>) -> ActionError {
        ActionError { fields, ..self }
    }

    #[must_use]
    pub fn because(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> ActionError {
        ActionError { source: Some(source.into()), ..self }
    }
}

impl ActionError {
    /// The database was away, or another transaction won: the same may succeed in a moment.
    pub(crate) fn is_outage(&self) -> bool {
        let source = self.source.as_ref().and_then(|source| source.downcast_ref::<handbill_db::Error>());
        source.is_some_and(|error| error.is_outage() || error.is_retryable())
    }
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for ActionError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<handbill_db::Error> for ActionError {
    fn from(source: handbill_db::Error) -> ActionError {
        let answer = if source.is_disk_full() {
            ActionError::new(Kind::StorageFull, "The storage is full")
        } else if source.is_retryable() || source.is_pool_exhausted() {
            ActionError::new(Kind::Busy, "The database is busy; try again")
        } else {
            ActionError::new(Kind::Internal, "Something went wrong on the server")
        };
        answer.because(source)
    }
}

impl From<BlobError> for ActionError {
    fn from(error: BlobError) -> ActionError {
        let answer = match &error {
            BlobError::StorageFull(_) => ActionError::new(Kind::StorageFull, "The storage is full"),
            BlobError::Io(_) | BlobError::S3(_) => {
                ActionError::new(Kind::Internal, "Something went wrong on the server")
            }
        };
        answer.because(error)
    }
}

impl From<handbill_queue::Error> for ActionError {
    fn from(error: handbill_queue::Error) -> ActionError {
        match error {
            handbill_queue::Error::Db(error) => error.into(),
            handbill_queue::Error::Full(full) => ActionError::from(&full),
            other => ActionError::new(Kind::Internal, "Something went wrong on the server").because(other),
        }
    }
}

impl From<&Full> for ActionError {
    fn from(full: &Full) -> ActionError {
        let seconds = full.retry_after.as_secs();
        let whose = match full.scope {
            Scope::Whole => "The queue is full",
            Scope::Account(_) => "Your share of the queue is full",
        };
        let message = format!("{whose}: {} jobs are waiting; try again in {seconds} s", full.depth);
        ActionError { retry_after: Some(full.retry_after), ..ActionError::new(Kind::Full, message) }
    }
}
