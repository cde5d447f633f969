//! `handbill storage`: whether the store for files works and is whole, what accounts take, and deleting what is over.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Output;
use crate::actions::storage::{Sweep, expire, sweep, usage};
use crate::app::App;
use crate::clock;

#[derive(Args)]
pub(crate) struct StorageCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Hold the store against the database: which files nothing names, and which are missing
    Check,
    /// Delete files whose time has come, and files that nothing names
    Sweep(SweepNow),
    /// What files take, by account
    Usage,
}

#[derive(Args)]
struct SweepNow {
    /// Leave files alone that are younger [default: retention.orphans_hours]
    #[arg(long, value_name = "HOURS")]
    older_than_hours: Option<u32>,
}

const HOUR_MS: i64 = 3_600_000;
const DAY_HOURS: u32 = 24;

impl StorageCommand {
    pub(crate) async fn run(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        match &self.verb {
            Verb::Check => check(app, out).await,
            Verb::Sweep(flags) => flags.run(app, out).await,
            Verb::Usage => print_usage(app, out).await,
        }
    }
}

async fn check(app: &App, out: &Output) -> anyhow::Result<()> {
    app.blobs.check().await?;
    let found = sweep(app, before_ms(app, None), false, None).await?;
    print_sweep(&found, out)?;
    anyhow::ensure!(found.missing.is_empty(), "{} files are missing from the store", found.missing.len());
    Ok(())
}

impl SweepNow {
    async fn run(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        expire(app, clock::now_ms(), None).await?;
        let found = sweep(app, before_ms(app, self.older_than_hours), true, None).await?;
        print_sweep(&found, out)
    }
}

fn before_ms(app: &App, hours: Option<u32>) -> i64 {
    let configured = Some(app.config.retention.orphans_hours).filter(|hours| *hours > 0);
    let hours = hours.or(configured).unwrap_or(DAY_HOURS);
    clock::now_ms() - i64::from(hours) * HOUR_MS
}

fn print_sweep(found: &Sweep, out: &Output) -> anyhow::Result<()> {
    let Sweep { files, bytes, orphans, swept, missing } = found;
    let view = json!({
        "files": files, "bytes": bytes, "swept": swept, "missing": missing,
        "orphans": { "files": orphans.files, "bytes": orphans.bytes },
    });
    out.print(&view, |out| {
        writeln!(out, "{files} files with {bytes} bytes are in the store")?;
        let done = if *swept { ", and were deleted" } else { "; handbill storage sweep deletes them" };
        match orphans.files {
            0 => writeln!(out, "All of them belong to something, or are young")?,
            count => writeln!(out, "{count} of them, {} bytes, belong to nothing{done}", orphans.bytes)?,
        }
        for key in missing {
            writeln!(out, "missing: {key}")?;
        }
        Ok(())
    })
}

async fn print_usage(app: &App, out: &Output) -> anyhow::Result<()> {
    let all = usage(app, None).await?;
    let views: Vec<Value> = all
        .iter()
        .map(|u| json!({ "account_id": u.account_id, "kind": u.kind, "files": u.files, "bytes": u.bytes }))
        .collect();
    let rows = all.iter().map(|u| [u.account_id.to_string(), u.kind.clone(), u.files.to_string(), u.bytes.to_string()]);
    out.print_table(&views, ["account", "kind", "files", "bytes"], rows)
}
