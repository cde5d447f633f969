//! Real processes take jobs in and work on them, and are killed and frozen at random, and so is the PostgreSQL server where
//! it may be; what they acknowledged and published stands in a ledger outside the database. Afterwards no acknowledged
//! job is lost, none is published twice, poison is dead after three tries alone, nobody else is, and the counters are
//! exact.
//!
//! Strikes come after so many jobs and not after so much time, and only what stands still for minutes has failed: a busy
//! machine is slower here, and no less right. Longer by `cargo xtask torture`, which also judges the time that recovery
//! takes.
//!
//! | variable | what it does |
//! | --- | --- |
//! | `HANDBILL_TORTURE_SECONDS` | for how long, and judge the times |
//! | `HANDBILL_TORTURE_SEED` | repeat a sequence of strikes |
//! | `HANDBILL_TEST_POSTGRES_RESTART` | a shell command that restarts the test cluster, which nobody else uses meanwhile |

#[path = "crash/chaos.rs"]
mod chaos;
#[path = "crash/child.rs"]
mod child;
#[path = "crash/dice.rs"]
mod dice;
#[path = "crash/ledger.rs"]
mod ledger;
#[path = "crash/stage.rs"]
mod stage;
#[path = "crash/verdict.rs"]
mod verdict;

use std::process::ExitCode;
use std::time::Duration;

use chaos::Scene;
use handbill_db::testing::{on_postgres, on_sqlite};
use libtest_mimic::{Arguments, Trial};

const SECONDS: &str = "HANDBILL_TORTURE_SECONDS";
const SEED: &str = "HANDBILL_TORTURE_SEED";
const RESTART: &str = "HANDBILL_TEST_POSTGRES_RESTART";
/// In the suite.
const SHORT: Duration = Duration::from_secs(12);

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(child::COMMAND) {
        return child::main();
    }
    let asked = number_from_env(SECONDS).map(Duration::from_secs);
    let seed = number_from_env(SEED).unwrap_or_else(dice::random_seed);
    // One process works on a file at a time; another one takes jobs in beside it.
    let sqlite = Scene {
        time: asked.unwrap_or(SHORT),
        judges_times: asked.is_some(),
        seed,
        workers: 1,
        clients: 1,
        restart: None,
    };
    let postgres = Scene { workers: 4, restart: std::env::var(RESTART).ok(), ..sqlite.clone() };
    let trials = vec![
        Trial::test("processes_die_and_freeze::sqlite", move || {
            on_sqlite(move |db| chaos::run(db, sqlite));
            Ok(())
        }),
        Trial::test("processes_die_and_freeze::postgres", move || {
            on_postgres(move |db| chaos::run(db, postgres));
            Ok(())
        }),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn number_from_env(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a whole number: {text}")))
}
