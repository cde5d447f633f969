//! Our own API.

mod brand_kits;
mod fonts;
mod openapi;
mod templates;
mod tokens;
