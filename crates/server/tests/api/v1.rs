//! Our own API.

mod brand_kits;
mod fonts;
mod openapi;
mod renders;
mod templates;
mod tokens;
