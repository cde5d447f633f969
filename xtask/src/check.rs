//! `check` and `fix`: formatting, lints, licences.

use crate::run::{cargo, is_installed, run};

const CARGO_DENY: &str = "0.20.2";

pub(crate) fn check() -> anyhow::Result<()> {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
    // The program with AVIF, and the tests of that.
    let avif = ["clippy", "--workspace", "--features", "handbill-server/avif", "--bin", "handbill", "--test", "avif"];
    run(cargo(&avif).args(["--locked", "--", "-D", "warnings"]))?;
    if !is_installed("cargo-deny") {
        run(&mut cargo(&["install", "cargo-deny", "--version", CARGO_DENY, "--locked"]))?;
    }
    run(&mut cargo(&["deny", "--offline", "check", "licenses", "bans", "sources"]))
}

pub(crate) fn fix() -> anyhow::Result<()> {
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--fix", "--allow-dirty", "--allow-staged"]))?;
    run(&mut cargo(&["fmt", "--all"]))
}
