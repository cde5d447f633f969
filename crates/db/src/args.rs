//! The arguments of a statement: a tuple of values that both dialects bind.

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Encode, Postgres, Sqlite, Type};

use crate::{Error, Result};

/// A value that both dialects bind: integers up to `i64`, `f64`, `bool`, texts, bytes, UUIDs, and `Option`s of them.
///
/// The bounds are supertraits, so that `T: Arg` implies them all.
pub trait Arg:
    for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> + Send
{
}

impl<T> Arg for T where
    T: for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> + Send
{
}

/// Arguments are a tuple of [`Arg`]s: `(id, &name, None::<i64>)`; none is `()`, one is `(id,)`.
pub trait Args: Send {
    #[doc(hidden)]
    fn sqlite(self) -> Result<SqliteArguments>;
    #[doc(hidden)]
    fn postgres(self) -> Result<PgArguments>;
}

macro_rules! tuple_args {
    ($($T:ident)*) => {
        #[allow(non_snake_case, unused_mut)]
        impl<$($T: Arg),*> Args for ($($T,)*) {
            fn sqlite(self) -> Result<SqliteArguments> {
                let ($($T,)*) = self;
                let mut args = SqliteArguments::default();
                $(args.add($T).map_err(Error::encode)?;)*
                Ok(args)
            }

            fn postgres(self) -> Result<PgArguments> {
                let ($($T,)*) = self;
                let mut args = PgArguments::default();
                $(args.add($T).map_err(Error::encode)?;)*
                Ok(args)
            }
        }
    };
}

tuple_args!();
tuple_args!(A);
tuple_args!(A B);
tuple_args!(A B C);
tuple_args!(A B C D);
tuple_args!(A B C D E);
tuple_args!(A B C D E F);
tuple_args!(A B C D E F G);
tuple_args!(A B C D E F G H);
tuple_args!(A B C D E F G H I);
tuple_args!(A B C D E F G H I J);
tuple_args!(A B C D E F G H I J K);
tuple_args!(A B C D E F G H I J K L);
tuple_args!(A B C D E F G H I J K L M);
tuple_args!(A B C D E F G H I J K L M N);
tuple_args!(A B C D E F G H I J K L M N O);
tuple_args!(A B C D E F G H I J K L M N O P);
