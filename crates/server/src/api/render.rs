//! The Render API, as Contentdrips has it: its paths, bodies and errors. The contract decides, not our taste.

mod accept;
pub(crate) mod auth;
pub(crate) mod errors;
pub(crate) mod generate;
pub(crate) mod json;
