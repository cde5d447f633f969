//! Why a render could not be done. What does not stop a render is a warning in its report.

use handbill_template::Warning;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
pub enum RenderError {
    #[error("{what} is {actual}; at most {limit} are allowed")]
    LimitExceeded { what: String, actual: u64, limit: u64 },
    /// `overflow: error`.
    #[error("{node} on slide {slide}: the text does not fit its box, and its overflow is 'error'")]
    TextOverflow { node: String, slide: usize },
    /// A strict request, and things that would be warnings otherwise.
    #[error("{}", strict_message(.0))]
    Strict(Vec<Warning>),
    #[error("{what} could not be made: {reason}")]
    Output { what: String, reason: String },
}

fn strict_message(warnings: &[Warning]) -> String {
    let texts: Vec<&str> = warnings.iter().map(|warning| warning.message.as_str()).collect();
    format!("the request is strict, and: {}", texts.join("; "))
}
