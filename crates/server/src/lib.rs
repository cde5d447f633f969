//! Handbill's server: everything behind the `handbill` command.
//!
//! `cli → app → actions → store`; the configuration comes first and knows nobody. Rules live in `actions` alone.

pub mod actions;
mod api;
pub mod app;
pub mod blobs;
pub mod cli;
pub mod clock;
pub mod config;
pub mod datasets;
mod ended;
pub mod engine;
pub mod fetch;
pub mod fonts;
mod json_fault;
pub mod log;
mod metrics;
mod random;
mod recent;
pub mod renderer;
pub mod router;
pub mod secrets;
pub mod serving;
pub mod store;
pub mod templates;
#[cfg(test)]
mod test_app;
pub mod upkeep;
pub mod workers;
