//! Many rows as one argument, for SQLite: one JSON array of rows. (Several lists joined by position are quadratic there;
//! PostgreSQL takes one [`List`](handbill_db::List) for each column.)

use handbill_db::Sql;
use serde::Serialize;

/// Rows are tuples of numbers, texts and options of them: `value ->> 0`, `value ->> 1`, … of `json_each`.
pub(crate) fn json_rows(rows: impl IntoIterator<Item = impl Serialize>) -> String {
    let rows: Vec<_> = rows.into_iter().collect();
    serde_json::to_string(&rows).expect("numbers and texts have a JSON form")
}

/// One text whose conditions on a list differ: `$1` is a [`List`](handbill_db::List) of job numbers.
macro_rules! by_job {
    ($before:literal, $after:literal) => {
        handbill_db::Sql {
            sqlite: concat!($before, " job_id IN (SELECT value FROM json_each($1)) ", $after),
            postgres: concat!($before, " job_id = ANY($1) ", $after),
        }
    };
}
pub(crate) use by_job;

/// The time of day in a statement's answer; `$1` is [`Clock::day`](crate::clock::Clock::day).
pub(crate) const NOW: Sql = Sql { sqlite: "SELECT $1", postgres: "SELECT queue_now_ms() + $1" };
