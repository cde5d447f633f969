//! Our own API.

mod openapi;
mod templates;
mod tokens;
