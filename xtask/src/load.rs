//! `load`: a release build under more load than it can take.

use crate::run::{cargo, run};

pub(crate) fn load() -> anyhow::Result<()> {
    let package = ["--release", "--locked", "--package", "handbill-server"];
    run(cargo(&["build"]).args(package).args(["--bin", "handbill"]))?;
    run(cargo(&["run"]).args(package).args(["--example", "load"]))
}
