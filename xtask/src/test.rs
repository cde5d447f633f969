//! `test`: the whole suite, with what it needs started for it.

use std::process::Command;

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
    run(&mut command)?;
    run(&mut avif(arguments))
}

/// What only builds with AVIF can do; the rest of the workspace is as it was built for all other tests. The decoder
/// remembers where each part of a picture was borrowed when backtraces are wanted, which takes minutes.
fn avif(arguments: &Arguments) -> Command {
    let features = "handbill-render/avif-encode,handbill-render/avif-decode";
    let mut command = cargo(&["test", "--workspace", "--locked", "--features", features, "--test", "avif"]);
    command.env("RUST_BACKTRACE", "0").args(&arguments.filter);
    command
}
