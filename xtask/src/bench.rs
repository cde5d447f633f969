//! `bench`: what the stages of a render cost.

use crate::run::{cargo, run};

pub(crate) fn bench() -> anyhow::Result<()> {
    run(&mut cargo(&["bench", "--package", "handbill-render", "--bench", "stages", "--locked"]))
}
