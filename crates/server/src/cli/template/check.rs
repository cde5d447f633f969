//! `handbill template check`: every fault with its line, and advice; with `--stress` also what hard data does to it. It fails
//! when there is a fault.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use clap::Args;
use handbill_template::{Lint, lint};
use serde_json::{Value, json};

use super::stress::{Stress, stress};
use super::{Globals, Output};
use crate::actions::template::problems;
use crate::templates::{self, StoredTemplate, TemplateError, TemplateRef, Templates, counted, placed};

#[derive(Args)]
pub(crate) struct Check {
    /// Folders with a template.json, such files, or starters
    #[arg(required = true, value_name = "TEMPLATE")]
    paths: Vec<PathBuf>,
    /// Draw it with long, short, Arabic, Japanese, emoji and no data and with lost pictures, at its own sizes and others
    #[arg(long)]
    stress: bool,
    /// Where to write a picture of all those renders, a PNG, JPEG or WebP
    #[arg(long, value_name = "FILE", requires = "stress")]
    out: Option<PathBuf>,
}

/// What was found in one template.
struct Findings {
    path: PathBuf,
    /// None when it is faulty.
    stored: Option<Arc<StoredTemplate>>,
    faults: Vec<handbill_template::Fault>,
    /// Why it could not be read at all.
    unreadable: Option<String>,
    /// What shows when it is filled with its own samples.
    problems: Vec<String>,
    lints: Vec<Lint>,
    stress: Option<Stress>,
}

impl Check {
    pub(crate) async fn run(&self, globals: &Globals, out: &Output) -> anyhow::Result<()> {
        let mut all = self.paths.iter().map(|path| examine(path)).collect::<anyhow::Result<Vec<Findings>>>()?;
        if self.stress {
            let usable: Vec<_> = all.iter().filter_map(|findings| findings.stored.clone()).collect();
            let mut outcomes = stress(globals, &usable, self.out.as_deref()).await?.into_iter();
            for findings in all.iter_mut().filter(|findings| findings.stored.is_some()) {
                findings.stress = outcomes.next();
            }
        }
        let views: Vec<Value> = all.iter().map(Findings::view).collect();
        out.print(&views, |out| all.iter().try_for_each(|findings| findings.tell(out)))?;
        let count = |is: fn(&Findings) -> bool| all.iter().filter(|findings| is(findings)).count();
        let of_all = counted(all.len(), "template");
        match (count(Findings::is_faulty), count(Findings::gives_way)) {
            (0, 0) => Ok(()),
            (0, weak) => bail!("{weak} of {of_all} cannot hold every data set at every size"),
            (faulty, _) => bail!("{faulty} of {of_all} cannot be used"),
        }
    }
}

fn examine(path: &Path) -> anyhow::Result<Findings> {
    let file = if path.is_dir() { path.join(templates::FILE_NAME) } else { path.to_owned() };
    let mut findings = Findings {
        path: file,
        stored: None,
        faults: Vec::new(),
        unreadable: None,
        problems: Vec::new(),
        lints: Vec::new(),
        stress: None,
    };
    match open(path)? {
        Ok(stored) => {
            findings.lints = lint(stored.template());
            findings.problems = problems(&stored);
            findings.stored = Some(stored);
        }
        Err(TemplateError::Faulty { faults, .. }) => findings.faults = faults.0,
        Err(error) => findings.unreadable = Some(error.to_string()),
    }
    Ok(findings)
}

/// A folder or file of that name, or else a starter.
fn open(path: &Path) -> anyhow::Result<Result<Arc<StoredTemplate>, TemplateError>> {
    if !path.exists()
        && let Some(name) = path.to_str()
        && let Some(starter) = Templates::starters()?.find(&TemplateRef::Text(name.to_owned()))
    {
        return Ok(Ok(starter));
    }
    Ok(templates::open(path).map(Arc::new))
}

impl Findings {
    fn is_faulty(&self) -> bool {
        self.unreadable.is_some() || !self.faults.is_empty() || !self.problems.is_empty()
    }

    fn gives_way(&self) -> bool {
        self.stress.as_ref().is_some_and(|stress| !stress.holds())
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
        writeln!(out, "{}: {summary}", self.path.display())?;
        self.stress.iter().try_for_each(|stress| stress.tell(&self.path, out))
    }

    fn view(&self) -> Value {
        let mut view = json!({
            "path": self.path,
            "good": !self.is_faulty(),
            "error": self.unreadable,
            "faults": self.faults,
            "problems": self.problems,
            "lints": self.lints,
        });
        if let Some(stress) = &self.stress {
            view["stress"] = json!(stress);
        }
        view
    }
}
