//! `handbill template check`: every fault with its line, and advice. It fails when there is a fault.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use handbill_template::{Lint, lint};
use serde_json::{Value, json};

use super::Output;
use crate::actions::template::problems;
use crate::templates::{self, TemplateError, counted, placed};

#[derive(Args)]
pub(crate) struct Check {
    /// Folders with a template.json, or such files
    #[arg(required = true, value_name = "TEMPLATE")]
    paths: Vec<PathBuf>,
}

/// What was found in one template.
struct Findings {
    path: PathBuf,
    faults: Vec<handbill_template::Fault>,
    /// Why it could not be read at all.
    unreadable: Option<String>,
    /// What shows when it is filled with its own samples.
    problems: Vec<String>,
    lints: Vec<Lint>,
}

impl Check {
    pub(crate) fn run(&self, out: &Output) -> anyhow::Result<()> {
        let all: Vec<Findings> = self.paths.iter().map(|path| examine(path)).collect();
        let views: Vec<Value> = all.iter().map(Findings::view).collect();
        out.print(&views, |out| all.iter().try_for_each(|findings| findings.tell(out)))?;
        let faulty = all.iter().filter(|findings| findings.is_faulty()).count();
        match faulty {
            0 => Ok(()),
            _ => bail!("{faulty} of {} cannot be used", counted(all.len(), "template")),
        }
    }
}

fn examine(path: &Path) -> Findings {
    let file = if path.is_dir() { path.join(templates::FILE_NAME) } else { path.to_owned() };
    let mut findings =
        Findings { path: file, faults: Vec::new(), unreadable: None, problems: Vec::new(), lints: Vec::new() };
    match templates::open(path) {
        Ok(stored) => {
            findings.lints = lint(stored.template());
            findings.problems = problems(&stored);
        }
        Err(TemplateError::Faulty { faults, .. }) => findings.faults = faults.0,
        Err(error) => findings.unreadable = Some(error.to_string()),
    }
    findings
}

impl Findings {
    fn is_faulty(&self) -> bool {
        self.unreadable.is_some() || !self.faults.is_empty() || !self.problems.is_empty()
    }

    fn tell(&self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(why) = &self.unreadable {
            return writeln!(out, "{why}");
        }
        for fault in &self.faults {
            writeln!(out, "{}", placed(&self.path, fault))?;
        }
        for problem in &self.problems {
            writeln!(out, "{}: {problem}", self.path.display())?;
        }
        for lint in &self.lints {
            writeln!(out, "{}: advice: {}: {}", self.path.display(), lint.path, lint.message)?;
        }
        let summary = match (self.faults.len() + self.problems.len(), self.lints.len()) {
            (0, 0) => "good".to_owned(),
            (0, lints) => format!("good, with {} of advice", counted(lints, "piece")),
            (faults, _) => format!("{} to mend", counted(faults, "fault")),
        };
        writeln!(out, "{}: {summary}", self.path.display())
    }

    fn view(&self) -> Value {
        json!({
            "path": self.path,
            "good": !self.is_faulty(),
            "error": self.unreadable,
            "faults": self.faults,
            "problems": self.problems,
            "lints": self.lints,
        })
    }
}
