//! Why files could not be kept or read, on either store.

use std::io;

use crate::fetch::FetchFault;

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Goes away when room is made; nothing needs a restart.
    #[error("the storage for files is full")]
    StorageFull(#[source] io::Error),
    #[error("the storage for files failed")]
    Io(#[source] io::Error),
    #[error("the S3 store {0}")]
    S3(#[source] S3Fault),
}

impl BlobError {
    /// Whether it goes away by itself, or when room is made; else something has to be set right.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::StorageFull(_) => true,
            Self::Io(_) => false,
            Self::S3(fault) => fault.is_passing(),
        }
    }
}

/// What an S3 store answered, or that it did not. Each text continues "the S3 store …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum S3Fault {
    #[error("{0} (storage.s3.endpoint)")]
    Unreachable(FetchFault),
    #[error("did not answer within {limit_ms} ms (storage.s3.timeout_ms)")]
    TimedOut { limit_ms: u64 },
    /// Its own words are for the log: they may name keys of other accounts.
    #[error("answered {status} {code}: {message}{}", hint(.code))]
    Refused { status: u16, code: String, message: String },
    #[error("answered something that is not S3: {0}")]
    NotS3(String),
}

impl S3Fault {
    /// Whether the same again may succeed.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(FetchFault::AddressNotAllowed | FetchFault::BadUrl(_)) => false,
            Self::Unreachable(_) | Self::TimedOut { .. } => true,
            Self::Refused { status, code, .. } => {
                // `RequestTimeout` is a 400: the body came too slowly. A full store stays full.
                !self.is_full() && (matches!(status, 429 | 500..) || code == "RequestTimeout")
            }
            Self::NotS3(_) => false,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        let Self::Refused { status, code, .. } = self else { return false };
        let codes =
            ["QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "InsufficientCapacity", "StorageFull"];
        *status == 507 || codes.contains(&code.as_str())
    }

    /// Whether it says that there is no such object, in an existing bucket.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404, code, .. } if code != "NoSuchBucket")
    }
}

/// What to do about the codes that a wrong configuration leads to.
fn hint(code: &str) -> &'static str {
    match code {
        "NoSuchBucket" => "; make the bucket, or set storage.s3.bucket and storage.s3.path_style right",
        "InvalidAccessKeyId" | "NotSignedUp" => "; set storage.s3.access_key right",
        "SignatureDoesNotMatch" => "; set storage.s3.secret_key and storage.s3.region right",
        "AccessDenied" => "; the key must be allowed to get, put, delete and list in the bucket",
        "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" | "PermanentRedirect" => {
            "; set storage.s3.region right"
        }
        "RequestTimeTooSkewed" | "RequestExpired" => "; set this machine's clock right",
        _ => "",
    }
}

impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::StorageFull(error),
            _ => Self::Io(error),
        }
    }
}

impl From<S3Fault> for BlobError {
    fn from(fault: S3Fault) -> Self {
        if fault.is_full() {
            return Self::StorageFull(io::Error::new(io::ErrorKind::StorageFull, fault.to_string()));
        }
        Self::S3(fault)
    }
}
