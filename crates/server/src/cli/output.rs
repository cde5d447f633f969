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
        let mut text = Vec::new();
        if self.json {
            serde_json::to_writer_pretty(&mut text, value)?;
            text.push(b'\n');
        } else {
            human(&mut text)?;
        }
        Self::write(&text)
    }

    /// Writes to standard output. Whoever closes it early (`| head`) has read enough: that is no error.
    pub(crate) fn write(text: &[u8]) -> anyhow::Result<()> {
        match io::stdout().lock().write_all(text) {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }

    /// Prints the JSON of `value`, or a table: each column as wide as its widest text.
    pub(crate) fn print_table<const N: usize>(
        &self,
        value: &impl Serialize,
        columns: [&str; N],
        rows: impl Iterator<Item = [String; N]>,
    ) -> anyhow::Result<()> {
        self.print(value, |out| {
            let mut lines = vec![columns.map(str::to_owned)];
            lines.extend(rows);
            let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
            let widths: Vec<usize> = (0..N).map(width).collect();
            for line in &lines {
                let cells: Vec<String> =
                    line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
                writeln!(out, "{}", cells.join("  ").trim_end())?;
            }
            Ok(())
        })
    }
}
