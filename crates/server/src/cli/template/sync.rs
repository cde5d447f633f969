//! `handbill template sync`: a folder of templates, kept in git for instance, into the store; and again whenever a file of
//! it changes.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use clap::Args;

use super::import::{import, tell};
use super::{Output, account_id};
use crate::app::App;
use crate::templates::FILE_NAME;

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Args)]
pub(crate) struct Sync {
    /// A template's folder, or one with such folders in it
    dir: PathBuf,
    /// Whose they are to be [default: the first account]
    #[arg(long, value_name = "ID")]
    account: Option<i64>,
    /// A line about the change, kept with the versions
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Go on, and keep what changes, until Ctrl-C
    #[arg(long)]
    watch: bool,
}

/// What the files of a template are known by.
type Stamp = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

impl Sync {
    pub(crate) async fn run(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        let account_id = account_id(app, self.account).await?;
        let mut seen = self.stamps()?;
        if seen.is_empty() {
            bail!("{} has no {FILE_NAME}, and neither has a folder in it", self.dir.display());
        }
        let all: Vec<PathBuf> = seen.keys().cloned().collect();
        let outcome = self.keep(app, account_id, &all, out).await;
        if !self.watch {
            return outcome;
        }
        if let Err(error) = outcome {
            eprintln!("handbill: {error:#}");
        }
        eprintln!("watching {}; Ctrl-C ends it", self.dir.display());
        loop {
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                _ = tokio::signal::ctrl_c() => return Ok(()),
            }
            let now = self.stamps()?;
            let changed: Vec<PathBuf> = now
                .iter()
                .filter(|(folder, stamp)| seen.get(*folder) != Some(stamp))
                .map(|(folder, _)| folder.clone())
                .collect();
            if !changed.is_empty()
                && let Err(error) = self.keep(app, account_id, &changed, out).await
            {
                eprintln!("handbill: {error:#}");
            }
            seen = now;
        }
    }

    async fn keep(&self, app: &App, account_id: i64, folders: &[PathBuf], out: &Output) -> anyhow::Result<()> {
        let mut done = Vec::new();
        for folder in folders {
            done.push((folder.clone(), import(app, account_id, folder, self.note.clone()).await));
        }
        tell(&done, out)
    }

    /// Every template's folder with its files as they are now.
    fn stamps(&self) -> anyhow::Result<BTreeMap<PathBuf, Stamp>> {
        let unreadable = || format!("cannot read {}", self.dir.display());
        let mut folders = vec![self.dir.clone()];
        for entry in fs::read_dir(&self.dir).with_context(unreadable)? {
            let path = entry.with_context(unreadable)?.path();
            let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_dir() && !is_hidden {
                folders.push(path);
            }
        }
        folders.retain(|folder| folder.join(FILE_NAME).is_file());
        // A template's own folder, or those below: not both.
        if folders.contains(&self.dir) {
            folders = vec![self.dir.clone()];
        }
        folders.sort();
        let mut stamps = BTreeMap::new();
        for folder in folders {
            let mut stamp = Stamp::new();
            collect(&folder, &mut stamp).with_context(unreadable)?;
            stamps.insert(folder, stamp);
        }
        Ok(stamps)
    }
}

fn collect(folder: &Path, stamp: &mut Stamp) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), stamp)?;
        } else if let Ok(metadata) = entry.metadata() {
            stamp.insert(entry.path(), (metadata.modified().ok(), metadata.len()));
        }
    }
    Ok(())
}
