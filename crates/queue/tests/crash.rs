//! Real processes take jobs in and work on them, and are killed and frozen at random; what they acknowledged and published
//! stands in a ledger outside the database. Afterwards no acknowledged job is lost, none is published twice, poison is
//! dead after three tries, nobody else is, and the counters are exact.
//!
//! Runs when `HANDBILL_TORTURE_SECONDS` says for how long; `HANDBILL_TORTURE_SEED` repeats a sequence of kills. It joins
//! the suite once long runs have shown that it never fails on a busy machine without a fault of the queue's.

#[path = "crash/chaos.rs"]
mod chaos;
#[path = "crash/child.rs"]
mod child;
#[path = "crash/dice.rs"]
mod dice;
#[path = "crash/ledger.rs"]
mod ledger;
#[path = "crash/verdict.rs"]
mod verdict;

use std::process::ExitCode;
use std::time::Duration;

use handbill_db::testing::{on_postgres, on_sqlite};
use libtest_mimic::{Arguments, Trial};

const SECONDS: &str = "HANDBILL_TORTURE_SECONDS";
const SEED: &str = "HANDBILL_TORTURE_SEED";

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(child::COMMAND) {
        return child::main();
    }
    let asked = number_from_env(SECONDS);
    let time = Duration::from_secs(asked.unwrap_or(8));
    let seed = number_from_env(SEED).unwrap_or_else(dice::random_seed);
    let trials = vec![
        Trial::test("processes_die_and_freeze::sqlite", move || {
            on_sqlite(move |db| chaos::run(db, chaos::Scene::sqlite(time, seed)));
            Ok(())
        })
        .with_ignored_flag(asked.is_none()),
        Trial::test("processes_die_and_freeze::postgres", move || {
            on_postgres(move |db| chaos::run(db, chaos::Scene::postgres(time, seed)));
            Ok(())
        })
        .with_ignored_flag(asked.is_none()),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn number_from_env(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a whole number: {text}")))
}
