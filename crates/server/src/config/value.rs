//! The kinds of value a setting can have beyond numbers, switches and texts.

use std::fmt;

use serde::Deserialize;
use tracing_subscriber::EnvFilter;

/// A text that is never printed: neither `Debug` nor `Display` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// `http://…` or `https://…`, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicUrl(String);

impl PublicUrl {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = String;

    fn try_from(text: String) -> Result<PublicUrl, String> {
        let wrong = |why: &str| format!("`{text}` {why}; a right one is https://handbill.example.com");
        let url = reqwest::Url::parse(&text).map_err(|e| wrong(&format!("is not an address ({e})")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("does not begin with http:// or https://"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("ends in ?… or #…"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("holds a user name or password"));
        }
        Ok(PublicUrl(url.as_str().trim_end_matches('/').to_owned()))
    }
}

/// Where the addresses of files in an S3 bucket lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileLinks {
    /// To this server, which reads from the bucket.
    Server,
    /// To the bucket, signed, for a limited time.
    Presigned,
    /// To a public address of the bucket.
    Public,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Human,
    Json,
}

/// A level, or levels by module, in the syntax of `tracing_subscriber::EnvFilter`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct LogLevel(String);

impl LogLevel {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LogLevel {
    type Error = String;

    fn try_from(text: String) -> Result<LogLevel, String> {
        // EnvFilter reads a bare word as a module's name, and so takes `verbose` without complaint.
        let words = text.split(',').map(str::trim).filter(|part| !part.contains(['=', '[']));
        for word in words {
            if !["off", "error", "warn", "info", "debug", "trace"].contains(&word.to_ascii_lowercase().as_str()) {
                return Err(format!("`{word}` is not a level; use error, warn, info, debug or trace"));
            }
        }
        EnvFilter::try_new(&text).map_err(|e| format!("`{text}` is not a log filter ({e})"))?;
        Ok(LogLevel(text))
    }
}
