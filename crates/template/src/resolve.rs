//! Resolving: from a template and a bound request to the document that the engine draws.
//!
//! The order is fixed: merge `at` → merge the request's overrides → expand `repeat` → test `when` and `visible` of each
//! copy → expand `use` → evaluate bindings → resolve tokens. Nothing is laid out here.

mod colors;
mod evaluate;
mod kinds;
mod nodes;
mod page;
mod placement;
mod slides;
mod text;

use thiserror::Error;

use crate::bind::Bound;
use crate::compiled::{CompileError, Compiled};
use crate::resolved::Document;
use crate::warning::Warning;

pub use page::SizeChoice;
pub(crate) use slides::chosen_slides;

/// What a request says beside its data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResolveOptions {
    pub size: SizeChoice,
    /// BCP 47; chooses the strings, and sets the language of texts, numbers and dates. The template's when absent.
    pub locale: Option<String>,
    pub limits: ResolveLimits,
}

/// Bounds that hold before any layout begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResolveLimits {
    pub max_slides: usize,
    /// Nodes in all slides together.
    pub max_nodes: usize,
    /// Characters in all texts together.
    pub max_text_chars: usize,
    /// Of one picture at `scale` times its size.
    pub max_output_pixels: u64,
    /// Device pixels per picture pixel that the render will ask for.
    pub scale: f64,
}

impl Default for ResolveLimits {
    fn default() -> Self {
        ResolveLimits {
            max_slides: 100,
            max_nodes: 10_000,
            max_text_chars: 200_000,
            max_output_pixels: 50_000_000,
            scale: 1.0,
        }
    }
}

/// A resolved document and what was noticed on the way, binding included.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolution {
    pub document: Document,
    pub warnings: Vec<Warning>,
}

/// Why a template and a request give no document.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ResolveError {
    #[error(transparent)]
    Template(#[from] CompileError),
    #[error("the template has no size '{name}'; it has {}", .known.join(", "))]
    UnknownSize { name: String, known: Vec<String> },
    #[error("a size of {width} × {height} is not possible")]
    EmptySize { width: u32, height: u32 },
    #[error("there are {found} {what}, and at most {limit} are allowed")]
    Limit { what: &'static str, found: u64, limit: u64 },
    #[error("'{node}' repeats {count} times; it takes {}", bounds(*.min, *.max))]
    RepeatCount { node: String, count: usize, min: Option<u32>, max: Option<u32> },
    #[error("the template has no component '{0}'")]
    UnknownComponent(String),
    #[error("'{0}' places components inside each other without end")]
    ComponentDepth(String),
    #[error("there is nothing to draw: {0}")]
    NoSlides(String),
}

impl ResolveError {
    /// True when another request to the same template could do better; false when the template itself is wrong.
    pub fn is_of_request(&self) -> bool {
        match self {
            ResolveError::UnknownSize { .. }
            | ResolveError::EmptySize { .. }
            | ResolveError::Limit { .. }
            | ResolveError::RepeatCount { .. }
            | ResolveError::NoSlides(_) => true,
            ResolveError::Template(_) | ResolveError::UnknownComponent(_) | ResolveError::ComponentDepth(_) => false,
        }
    }
}

/// "1 to 6", "at least 1", "at most 6".
pub(crate) fn bounds(min: Option<u32>, max: Option<u32>) -> String {
    match (min, max) {
        (Some(min), Some(max)) if min == max => format!("exactly {min}"),
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "any number".to_owned(),
    }
}

/// Fills a template. The same input gives the same document.
pub fn resolve(compiled: &Compiled, bound: &Bound, options: &ResolveOptions) -> Result<Resolution, ResolveError> {
    let setup = page::Setup::new(compiled.template(), &options.size)?;
    setup.check_pixels(&options.limits)?;
    slides::resolve_slides(compiled, bound, &setup, options)
}

#[cfg(test)]
mod tests;
