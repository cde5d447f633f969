//! Where settings are read from: a file, the environment, the command line. Given as values, so tests need no process of their own.

use std::ffi::OsString;
use std::path::PathBuf;

/// The default is: no source at all, so the defaults hold.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// A TOML file; one that cannot be read is a fault.
    pub file: Option<PathBuf>,
    /// Only names that begin with `HANDBILL__` count.
    pub env: Vec<(OsString, OsString)>,
    /// `(flag, key, value)` of the command line.
    pub flags: Vec<(&'static str, &'static str, String)>,
}
