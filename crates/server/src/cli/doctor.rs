//! `handbill doctor`: whether everything is there that a server needs, and what to do about what is not.

use std::io::{self, Write};

use clap::Args;

use super::{Globals, Output};
use crate::actions::doctor::{Finding, State, examine};

#[derive(Args)]
pub(crate) struct Doctor {}

impl Doctor {
    /// Fails when something has to be mended before a server can work.
    pub(crate) async fn run(&self, globals: &Globals, out: &Output) -> anyhow::Result<()> {
        let (config, _) = globals.load()?;
        let findings = examine(&config).await;
        out.print(&findings, |out| as_list(&findings, out))?;
        let failures = findings.iter().filter(|finding| finding.state == State::Failure).count();
        anyhow::ensure!(failures == 0, "{failures} of {} things have to be mended", findings.len());
        Ok(())
    }
}

fn as_list(findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    let width = findings.iter().map(|finding| finding.about.len()).max().unwrap_or(0);
    for Finding { about, state, text, advice } in findings {
        let mark = match state {
            State::Ok => "ok     ",
            State::Warning => "look at",
            State::Failure => "mend   ",
        };
        writeln!(out, "{mark}  {about:<width$}  {text}")?;
        if let Some(advice) = advice {
            writeln!(out, "{:<9}{:<width$}  → {advice}", "", "")?;
        }
    }
    Ok(())
}
