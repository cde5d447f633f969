//! `visual`: the visual tests with their report, and accepting what changed on purpose.

use std::path::PathBuf;

use anyhow::{Context, ensure};

use crate::run::{cargo, root, run};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Make the picture of this case (or `CASE.2` for its second page) the new reference; `all` accepts every one.
    #[arg(long, value_name = "NAME")]
    accept: Vec<String>,
}

pub(crate) fn visual(arguments: &Arguments) -> anyhow::Result<()> {
    let report = target().join("visual");
    if arguments.accept.is_empty() {
        let result = run(&mut cargo(&["test", "--package", "handbill-visual", "--locked"]));
        eprintln!("report: {}", report.join("index.html").display());
        return result;
    }
    for name in &arguments.accept {
        accept(name, &report)?;
    }
    Ok(())
}

fn accept(name: &str, report: &std::path::Path) -> anyhow::Result<()> {
    let mut accepted = 0;
    for entry in std::fs::read_dir(report).context("run `cargo xtask visual` first")? {
        let file = entry?.path();
        let file_name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(picture) = file_name.strip_suffix(".actual.png") else { continue };
        if name == "all" || picture == name {
            std::fs::copy(&file, root().join("tests/visual/reference").join(format!("{picture}.png")))?;
            eprintln!("accepted {picture}");
            accepted += 1;
        }
    }
    ensure!(accepted > 0, "there is no picture '{name}'; `cargo xtask visual` draws them");
    Ok(())
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
