//! HTTP: parse, authenticate, answer. No rules: those are in `actions`. Families never import each other.

pub(crate) mod around;
pub(crate) mod files;
pub(crate) mod public;
pub(crate) mod render;
