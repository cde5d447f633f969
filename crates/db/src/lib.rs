//! One connection type over SQLite and PostgreSQL. Knows nothing of the product.

mod target;

pub use target::{InvalidUrl, Target};
