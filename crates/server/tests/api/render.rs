//! The Render API.

mod generate;
mod hostile;
mod submit;
