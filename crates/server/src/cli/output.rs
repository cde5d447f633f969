//! How a command answers: for people, or one JSON value with `--json`.

use std::io::{self, Write};

use serde::Serialize;

pub(crate) struct Output {
    pub(crate) json: bool,
}

impl Output {
    /// Prints the JSON of `value`, or what `human` writes.
    pub(crate) fn print(
        &self,
        value: &impl Serialize,
        human: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, value)?;
            writeln!(out)?;
        } else {
            human(&mut out)?;
        }
        Ok(())
    }
}
