//! Our own API.

mod openapi;
mod tokens;
