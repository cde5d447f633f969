//! The Render API.

mod generate;
mod hostile;
mod result;
mod stats;
mod status;
mod submit;
