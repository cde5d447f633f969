//! What is done now and then while the server runs: files and renders whose time has come go, and orphans are swept. Of several
//! processes, one does it at a time: it holds a lease in the database.

use std::time::Duration;

use tokio::task::JoinHandle;

use crate::actions::Result;
use crate::actions::render::forget::forget_old;
use crate::actions::storage::{expire, sweep};
use crate::actions::template::sweep_assets;
use crate::app::App;
use crate::store::chore::{self, Lease};
use crate::{clock, random};

/// How often it is looked whether something is due.
const PAUSE: Duration = Duration::from_secs(60);
/// A process that died is missed after this.
const LEASE_MS: i64 = 5 * 60_000;
const HOUR_MS: i64 = 3_600_000;

/// A chore, its name in the database, and how much time is between two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chore {
    Expire,
    Sweep,
    Forget,
}

impl Chore {
    fn name(self) -> &'static str {
        match self {
            Self::Expire => "expire files",
            Self::Sweep => "sweep orphans",
            Self::Forget => "forget renders",
        }
    }

    fn every_ms(self) -> i64 {
        match self {
            Self::Expire | Self::Forget => HOUR_MS,
            Self::Sweep => 24 * HOUR_MS,
        }
    }
}

/// Ends with the handle.
pub struct Upkeep(JoinHandle<()>);

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Begins to look after the store, in the background.
pub fn start(app: App) -> Upkeep {
    Upkeep(tokio::spawn(async move {
        let holder = random::spell(&random::bytes::<10>(), random::BASE32);
        loop {
            for chore in [Chore::Expire, Chore::Sweep, Chore::Forget] {
                if let Err(error) = run(&app, chore, &holder).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, chore = chore.name(), "looking after the files failed");
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }))
}

/// Does the chore if it is due and nobody else is at it. Whether it was done.
pub(crate) async fn run(app: &App, chore: Chore, holder: &str) -> Result<bool> {
    let orphans_hours = i64::from(app.config.retention.orphans_hours);
    if chore == Chore::Sweep && orphans_hours == 0 {
        return Ok(false);
    }
    let mut tx = app.db.begin().await?;
    let taken = chore::take(&mut tx, chore.name(), holder, LEASE_MS, chore.every_ms()).await?;
    tx.commit().await?;
    if !taken {
        return Ok(false);
    }
    let lease = Lease { db: app.db.clone(), name: chore.name(), holder: holder.to_owned(), lease_ms: LEASE_MS };
    let outcome = work(app, chore, &lease, orphans_hours).await;
    let mut tx = app.db.begin().await?;
    chore::give_back(&mut tx, chore.name(), holder, outcome.is_ok()).await?;
    tx.commit().await?;
    outcome.map(|()| true)
}

async fn work(app: &App, chore: Chore, lease: &Lease, orphans_hours: i64) -> Result<()> {
    let (now_ms, lease) = (clock::now_ms(), Some(lease));
    match chore {
        Chore::Expire => {
            let deleted = expire(app, now_ms, lease).await?;
            let unnamed = sweep_assets(app).await?;
            if unnamed > 0 {
                tracing::info!(unnamed, "deleted files that no template names any longer");
            }
            if deleted.files > 0 {
                tracing::info!(files = deleted.files, bytes = deleted.bytes, "deleted files whose time had come");
            }
        }
        Chore::Forget => {
            let renders = forget_old(app, now_ms, lease).await?;
            if renders > 0 {
                tracing::info!(renders, "forgot renders whose time had come");
            }
        }
        Chore::Sweep => {
            let found = sweep(app, now_ms - orphans_hours * HOUR_MS, true, lease).await?;
            let (files, orphans, bytes) = (found.files, found.orphans.files, found.orphans.bytes);
            tracing::info!(files, orphans, bytes, "swept files that nothing named");
            if let Some(first) = found.missing.first() {
                let count = found.missing.len();
                tracing::error!(count, first, "files are missing from the store (handbill storage check lists them)");
            }
        }
    }
    Ok(())
}
