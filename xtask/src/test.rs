//! `test`: the whole suite, with what it needs started for it.

use crate::install;
use crate::postgres::Cluster;
use crate::run::{cargo, in_ci, run};
use crate::s3::S3Server;

const PROPTEST_SEED: &str = "20261121";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only tests whose name contains this.
    filter: Option<String>,
}

pub(crate) fn test(arguments: &Arguments) -> anyhow::Result<()> {
    install::install_missing()?;
    let cluster = Cluster::start()?;
    anyhow::ensure!(cluster.is_some() || !in_ci(), "PostgreSQL is not installed, and in CI nothing may be left out");
    let s3 = S3Server::start()?;
    let mut command = cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]);
    // The suite is the same every time; `cargo test` alone tries random cases of its own.
    command.env("PROPTEST_RNG_SEED", PROPTEST_SEED);
    command.env("HANDBILL_TEST_S3_URL", &s3.url);
    if let Some(cluster) = &cluster {
        cluster.name_to(&mut command);
    }
    if let Some(filter) = &arguments.filter {
        command.arg(filter);
    }
    run(&mut command)
}
