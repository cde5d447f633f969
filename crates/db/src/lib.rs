//! One connection type over SQLite and PostgreSQL. Knows nothing of the product.
//!
//! ```no_run
//! # async fn example(db: handbill_db::Db) -> handbill_db::Result<()> {
//! let mut tx = db.begin().await?;
//! tx.exec("INSERT INTO things (id, name) VALUES ($1, $2)", (7, "seven")).await?;
//! tx.commit().await?;
//!
//! let mut conn = db.read().await?;
//! let name: Option<(String,)> = conn.opt("SELECT name FROM things WHERE id = $1", (7,)).await?;
//! # Ok(()) }
//! ```
//!
//! What holds on both:
//! - Reading takes `&mut Conn`; a `&mut Tx` is one too. Only a [`Tx`] writes; a read connection refuses to.
//! - SQL is one text where both understand it (`$1`), a [`Sql`] pair where they don't.
//! - A [`Tx`] with a failed statement cannot be committed; one that is dropped is rolled back.
//! - NULL in a column read as a type without `Option` is an error. LIKE minds the case.
//! - Integers are BIGINT, times milliseconds UTC, JSON text. `sum(…)` of them is NUMERIC on PostgreSQL: cast it.

mod args;
mod conn;
mod db;
mod error;
mod list;
mod listen;
mod migrate;
mod row;
mod sql;
mod target;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use args::{Arg, Args};
pub use conn::{Conn, Tx};
pub use db::{Db, OpenOptions};
pub use error::{Error, Result};
pub use list::List;
pub use listen::Listener;
pub use migrate::Migration;
pub use row::{Column, FromRow, Row};
pub use sql::{Dialect, Sql};
pub use target::{InvalidUrl, Target};
