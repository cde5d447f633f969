//! `handbill template check`: every fault with its line, and advice. It fails when there is a fault.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use handbill_render::{Options, engine};
use handbill_template::bind::BindOptions;
use handbill_template::bind::native::{self, NativeData};
use handbill_template::resolve::{ResolveOptions, SizeChoice};
use handbill_template::{Lint, lint, resolve};
use serde_json::{Value, json};

use super::Output;
use crate::actions::draw::is_url;
use crate::templates::{self, StoredTemplate, TemplateError, counted, placed};

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

/// Fills it with its samples at every size, as far as that goes without drawing: what cannot be resolved or drawn, and
/// files that are not there.
fn problems(stored: &StoredTemplate) -> Vec<String> {
    let options = BindOptions { preview: true, ..BindOptions::default() };
    let bound = match native::bind(&stored.compiled, &NativeData::default(), &options) {
        Ok(bound) => bound,
        Err(error) => return vec![format!("its samples: {error}")],
    };
    let mut found = BTreeSet::new();
    let named = stored.template().sizes.keys().map(|name| SizeChoice::Named(name.clone()));
    for size in std::iter::once(SizeChoice::Canvas).chain(named) {
        let options = ResolveOptions { size, ..ResolveOptions::default() };
        match resolve(&stored.compiled, &bound, &options) {
            Ok(resolution) => {
                let document = resolution.document;
                found.extend(engine::check(&document, &Options::default()).err().map(|error| error.to_string()));
                let files = document.assets().into_iter().filter(|asset| !is_url(asset));
                found.extend(files.filter_map(|asset| stored.files.read(&asset.0).err()));
            }
            Err(error) => _ = found.insert(error.to_string()),
        }
    }
    found.into_iter().collect()
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
