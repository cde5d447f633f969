//! `handbill template import`: folders, JSON files and zips into the store, also while the server runs.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};

use super::{Output, account_id};
use crate::actions::ActionError;
use crate::actions::template::{Author, Content, Saved, save_template};
use crate::app::App;
use crate::templates::{FILE_NAME, counted};

#[derive(Args)]
pub(crate) struct Import {
    /// Folders with a template.json, such files, or zips of such folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Whose they are to be [default: the first account]
    #[arg(long, value_name = "ID")]
    account: Option<i64>,
    /// A line about the change, kept with the version
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl Import {
    pub(crate) async fn run(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        let account_id = account_id(app, self.account).await?;
        let mut done = Vec::new();
        for path in &self.paths {
            done.push((path.clone(), import(app, account_id, path, self.note.clone()).await));
        }
        tell(&done, out)
    }
}

/// Keeps the template at a path.
pub(super) async fn import(
    app: &App,
    account_id: i64,
    path: &Path,
    note: Option<String>,
) -> Result<Saved, ActionError> {
    let content = Content::of_path(path).await?;
    let by = Author { name: "handbill template".to_owned(), token_id: None, note };
    save_template(app, account_id, &content, &by).await
}

/// What came of each; fails if one was not kept.
pub(super) fn tell(done: &[(PathBuf, Result<Saved, ActionError>)], out: &Output) -> anyhow::Result<()> {
    let views: Vec<Value> = done.iter().map(|(path, outcome)| view(path, outcome)).collect();
    out.print(&views, |out| {
        for (path, outcome) in done {
            match outcome {
                Ok(saved) => writeln!(out, "{}  {}", words(saved), path.display())?,
                Err(error) => faults(path, error).iter().try_for_each(|fault| writeln!(out, "{fault}"))?,
            }
        }
        Ok(())
    })?;
    match done.iter().filter(|(_, outcome)| outcome.is_err()).count() {
        0 => Ok(()),
        failed => bail!("{failed} of {} could not be kept", counted(done.len(), "template")),
    }
}

fn words(saved: &Saved) -> String {
    let (slug, version) = (&saved.summary.slug, saved.summary.version);
    let what = if saved.created {
        "new"
    } else if saved.changed {
        "changed"
    } else {
        "unchanged"
    };
    format!("{slug}@{version}  {what}")
}

fn view(path: &Path, outcome: &Result<Saved, ActionError>) -> Value {
    match outcome {
        Ok(saved) => json!({
            "path": path,
            "id": saved.summary.id,
            "slug": saved.summary.slug,
            "version": saved.summary.version,
            "hash": saved.summary.hash,
            "created": saved.created,
            "changed": saved.changed,
        }),
        Err(error) => json!({ "path": path, "error": error.message, "faults": faults(path, error) }),
    }
}

/// One line each, with the place that an editor can jump to.
fn faults(path: &Path, error: &ActionError) -> Vec<String> {
    if error.fields.is_empty() {
        return vec![format!("{}: {error}", path.display())];
    }
    let file = if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() };
    let of = |field: &crate::actions::Field| {
        let place = match field.place {
            Some((line, column)) => format!("{}:{line}:{column}", file.display()),
            None => file.display().to_string(),
        };
        let within = if field.name.is_empty() { String::new() } else { format!("{}: ", field.name) };
        format!("{place}: {within}{}", field.message)
    };
    error.fields.iter().map(of).collect()
}
