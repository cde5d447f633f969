//! `fuzz`: looks for input that breaks a promise, beginning with good files. What it finds becomes a file in
//! `tests/damage/crashes/`, which the suite tries from then on.

use std::path::Path;

use crate::run::{cargo, run};

const TARGETS: [&str; 5] = ["binding", "font", "image", "svg", "template"];
/// One attempt may take this long, in seconds.
const TIMEOUT_S: u32 = 30;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only this target: binding, font, image, svg or template.
    target: Option<String>,
    /// How long each target runs.
    #[arg(long, default_value_t = 5)]
    minutes: u64,
}

pub(crate) fn fuzz(arguments: &Arguments) -> anyhow::Result<()> {
    if !cargo(&["fuzz", "--version"]).output().is_ok_and(|output| output.status.success()) {
        run(&mut cargo(&["install", "cargo-fuzz", "--locked"]))?;
    }
    let wanted = |target: &&str| arguments.target.as_deref().is_none_or(|wanted| wanted == *target);
    let targets: Vec<&str> = TARGETS.into_iter().filter(wanted).collect();
    anyhow::ensure!(!targets.is_empty(), "there is no such target; there are {}", TARGETS.join(", "));
    for target in targets {
        fuzz_one(target, arguments.minutes)?;
    }
    Ok(())
}

fn fuzz_one(target: &str, minutes: u64) -> anyhow::Result<()> {
    let corpus = Path::new("fuzz/corpus").join(target);
    let write_seeds =
        ["run", "--quiet", "--locked", "--package", "handbill-damage", "--example", "seeds", "--", target];
    run(cargo(&write_seeds).arg(&corpus))?;
    println!("fuzzing {target} for {minutes} minutes");
    // Coverage alone: an address sanitizer wants a nightly compiler, and unsafe code of ours to look at.
    run(cargo(&["fuzz", "run", "--sanitizer", "none", target, "--"])
        .arg(format!("-max_total_time={}", minutes * 60))
        .arg(format!("-timeout={TIMEOUT_S}"))
        .arg("-rss_limit_mb=4096"))
}
