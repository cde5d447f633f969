//! `cargo xtask`: everything a developer or CI runs, in one place.
//!
//! One file per command. What is not installed is installed through apt or cargo when this may be done, else said.

mod bench;
mod check;
mod fuzz;
mod install;
mod load;
mod postgres;
mod run;
mod s3;
mod test;
mod torture;
mod visual;

use clap::{Parser, Subcommand};

/// Handbill's own build tool.
#[derive(Parser)]
#[command(name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every test there is.
    Test(test::Arguments),
    /// Draw the visual cases and hold them against their references.
    Visual(visual::Arguments),
    /// Time the stages of a render.
    Bench,
    /// Look for input that breaks something, for some minutes.
    Fuzz(fuzz::Arguments),
    /// Kill and freeze the queue's processes for long, and count what is lost.
    Torture(torture::Arguments),
    /// Give a server more to do than it can, and see what it answers and needs.
    Load,
    /// Check formatting, lints, licences and bans.
    Check,
    /// Mend what rustfmt and clippy can mend.
    Fix,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Test(arguments) => test::test(&arguments),
        Command::Visual(arguments) => visual::visual(&arguments),
        Command::Torture(arguments) => torture::torture(&arguments),
        Command::Bench => bench::bench(),
        Command::Fuzz(arguments) => fuzz::fuzz(&arguments),
        Command::Load => load::load(),
        Command::Check => check::check(),
        Command::Fix => check::fix(),
    }
}
