//! Sets up tracing, once per process. Not here: what is logged. Secrets never are, at no level.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{Log, LogFormat};

/// Logs to standard error from here on. A second call changes nothing.
pub fn init(log: &Log) {
    let lines = fmt()
        .with_env_filter(EnvFilter::new(log.level.as_str()))
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    // An error says that somebody (a test) has set up logging already.
    let _ = match log.format {
        LogFormat::Human => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
}
