//! The Render API, as Contentdrips has it: its paths, bodies and errors. The contract decides, not our taste.

mod accept;
pub(crate) mod auth;
pub(crate) mod describe;
pub(crate) mod errors;
pub(crate) mod generate;
mod job_id;
pub(crate) mod json;
pub(crate) mod result;
pub(crate) mod stats;
pub(crate) mod status;
pub(crate) mod submit;
mod views;
mod words;
