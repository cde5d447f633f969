//! Reading a row, with the same strictness on both databases.
//!
//! Not sqlx's `FromRow`: through it, SQLite reads NULL into an `i64` as 0 and into a `String` as "", without a word.

use std::fmt::Debug;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::types::Uuid;
use sqlx::{ColumnIndex, Decode, Postgres, Row as _, Sqlite, Type, ValueRef};

use crate::{Error, Result};

/// A row of either database.
#[derive(Clone, Copy)]
pub enum Row<'r> {
    #[doc(hidden)]
    Sqlite(&'r SqliteRow),
    #[doc(hidden)]
    Postgres(&'r PgRow),
}

/// A type that columns are read as. Widths are one for both databases: integers are `i64`, numbers `f64`.
pub trait Column: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres> {
    #[doc(hidden)]
    const NULLABLE: bool;
}

macro_rules! columns {
    ($($T:ty)*) => {$(
        impl Column for $T {
            const NULLABLE: bool = false;
        }
        impl Column for Option<$T> {
            const NULLABLE: bool = true;
        }
    )*};
}

columns!(i64 f64 bool String Vec<u8> Uuid);

impl Row<'_> {
    /// The column of this name. An error if there is none, if it is of another type, or if it is NULL and `T` no `Option`.
    pub fn get<T: Column>(&self, column: &str) -> Result<T> {
        self.read(column)
    }

    fn read<T: Column, I>(&self, column: I) -> Result<T>
    where
        I: ColumnIndex<SqliteRow> + ColumnIndex<PgRow> + Debug + Copy,
    {
        let null = match self {
            Row::Sqlite(row) => row.try_get_raw(column)?.is_null(),
            Row::Postgres(row) => row.try_get_raw(column)?.is_null(),
        };
        if null && !T::NULLABLE {
            return Err(Error::Null(format!("{column:?}")));
        }
        Ok(match self {
            Row::Sqlite(row) => row.try_get(column)?,
            Row::Postgres(row) => row.try_get(column)?,
        })
    }
}

/// What a row is read as: a tuple, column by column, or a struct that names its columns.
pub trait FromRow: Sized {
    fn from_row(row: Row<'_>) -> Result<Self>;
}

macro_rules! tuple_rows {
    ($($T:ident $at:tt),*) => {
        impl<$($T: Column),*> FromRow for ($($T,)*) {
            fn from_row(row: Row<'_>) -> Result<Self> {
                Ok(($(row.read::<$T, usize>($at)?,)*))
            }
        }
    };
}

tuple_rows!(A 0);
tuple_rows!(A 0, B 1);
tuple_rows!(A 0, B 1, C 2);
tuple_rows!(A 0, B 1, C 2, D 3);
tuple_rows!(A 0, B 1, C 2, D 3, E 4);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
