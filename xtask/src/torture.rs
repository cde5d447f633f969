//! `torture`: the queue's crash test, for long, on a cluster of its own that goes down in the middle, too.

use crate::postgres::Cluster;
use crate::run::{cargo, run};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// For how long, on each database.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    #[arg(long, value_enum, default_value_t = Database::Both)]
    database: Database,
    /// Repeats a sequence of strikes.
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
    Both,
}

pub(crate) fn torture(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments { minutes, database, seed } = arguments;
    let mut command = cargo(&["test", "--package", "handbill-queue", "--test", "crash", "--locked", "--"]);
    match database {
        Database::Sqlite => command.arg("sqlite"),
        Database::Postgres => command.arg("postgres"),
        Database::Both => &mut command,
    };
    command.env("HANDBILL_TORTURE_SECONDS", (minutes * 60).to_string());
    if let Some(seed) = seed {
        command.env("HANDBILL_TORTURE_SEED", seed.to_string());
    }
    let cluster = if *database == Database::Sqlite { None } else { Cluster::start()? };
    if let Some(cluster) = &cluster {
        cluster.name_to(&mut command);
    } else if *database == Database::Postgres {
        anyhow::bail!("PostgreSQL is not installed (Debian package postgresql)");
    }
    run(&mut command)
}
