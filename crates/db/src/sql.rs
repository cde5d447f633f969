//! The two dialects, and the text of a statement for both.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// One SQL text for both dialects (from a `&'static str`), or one each.
///
/// The texts are `'static` so that no value can ever be pasted into one: values are arguments.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl From<&'static str> for Sql {
    fn from(both: &'static str) -> Sql {
        Sql { sqlite: both, postgres: both }
    }
}
