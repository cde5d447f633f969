//! HTTP: parse, authenticate, answer. No rules: those are in `actions`. Families never import each other.

pub(crate) mod around;
mod bearer;
mod body;
pub(crate) mod files;
pub(crate) mod health;
mod idempotency;
pub(crate) mod openapi;
pub(crate) mod public;
pub(crate) mod render;
pub(crate) mod unrouted;
pub(crate) mod v1;
mod warning;
