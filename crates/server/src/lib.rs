//! Handbill's server: everything behind the `handbill` command.
//!
//! `cli → app → actions → store`; the configuration comes first and knows nobody. Rules live in `actions` alone.

pub mod blobs;
pub mod cli;
pub mod config;
pub mod engine;
pub mod fetch;
pub mod log;
