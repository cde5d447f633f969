//! Jobs that draw. Each is a row of `renders`, and its payload that row's number.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use handbill_db::{Db, Tx};
use handbill_queue::{End, Ended as EndedJob, Fault, Hooks, Job, Lane, Limits, NewJob};
use uuid::Uuid;

use crate::actions::render::files::forget_attempts;
use crate::actions::render::perform::{Again, Failed, Performed, perform};
use crate::actions::render::{Failure, FailureKind, MAX_OUTPUTS, ResultFile};
use crate::app::App;
use crate::blobs::{BlobKey, Blobs};
use crate::config;
use crate::ended::Ended;
use crate::store::object::{self, NewObject, ObjectKind};
use crate::store::render::{self as renders, EndedRender, RenderEnd, RenderState};

pub(crate) const KIND: &str = "render";
/// Jobs under way for each engine process: while one is drawn, others get their pictures or keep their files.
pub(crate) const JOBS_PER_ENGINE: usize = 3;
const SOON: Duration = Duration::from_millis(500);
/// A fault that may pass is given so many chances. A bad moment counts as one and is given many.
const CHANCES: i64 = 5;
const MOMENTS: i64 = 200;

pub(crate) fn limits(queue: &config::Queue) -> Limits {
    let limit = |most: u64| i64::try_from(most).ok().filter(|most| *most > 0);
    Limits { whole: limit(queue.max_waiting), per_account: limit(queue.max_waiting_per_account) }
}

/// A render's job; it shares the account's turns by its slides.
pub(crate) fn job(account_id: i64, render: Uuid, slides: i64) -> NewJob {
    NewJob { cost: slides.max(1), max_attempts: MOMENTS, ..NewJob::new(KIND, account_id, render.to_string()) }
}

pub(crate) fn lane(app: &App) -> Lane {
    let slots = slots(app);
    let longest = longest_drawing(app) * u32::try_from(MAX_OUTPUTS).unwrap_or(u32::MAX);
    let app = app.clone();
    let lane = Lane::new(KIND, slots, move |job| {
        let app = app.clone();
        async move { work(&app, job).await }
    });
    lane.timeout(longest + Duration::from_secs(60))
}

/// What has a limit of its own may take that long, one after the other; past it, something is stuck.
pub(crate) fn longest_drawing(app: &App) -> Duration {
    let config = &app.config;
    Duration::from_millis(config.outbound.timeout_ms + slots(app) as u64 * config.engine.deadline_ms)
        + Duration::from_secs(30)
}

fn slots(app: &App) -> usize {
    app.config.engine.worker_count() * JOBS_PER_ENGINE
}

async fn work(app: &App, job: Job) -> Result<String, Fault> {
    let id: Uuid = job.payload.parse().map_err(|_| fault(&Failure::internal(), Again::Never))?;
    let is_last_chance = job.failures + 1 >= CHANCES;
    let began = Instant::now();
    let performed = perform(app, id, job.attempt).await;
    app.metrics.attempted(outcome(&performed, is_last_chance), began.elapsed());
    match performed {
        Ok(performed) => serde_json::to_string(&performed).map_err(|error| {
            tracing::error!(%id, %error, "a result has no JSON form");
            fault(&Failure::internal(), Again::Never)
        }),
        Err(error) => Err(fault(&error.failure, again(&error, is_last_chance))),
    }
}

fn again(failed: &Failed, is_last_chance: bool) -> Again {
    if failed.again == Again::Later && is_last_chance { Again::Never } else { failed.again }
}

fn outcome(performed: &Result<Performed, Failed>, is_last_chance: bool) -> &'static str {
    match performed {
        Ok(_) => "completed",
        Err(failed) if again(failed, is_last_chance) == Again::Never => "failed",
        Err(_) => "again",
    }
}

fn fault(failure: &Failure, again: Again) -> Fault {
    let error = failure.to_json();
    match again {
        Again::Never => Fault::permanent(error),
        Again::Later => Fault::passing(error),
        Again::Soon => Fault::after(error, SOON),
    }
}

/// When jobs end, their renders do, in the same transaction; then whoever waits is told.
pub(crate) fn with_end(hooks: Hooks, db: &Db, blobs: &Blobs, ended: &Ended) -> Hooks {
    let (db, blobs, ended) = (db.clone(), blobs.clone(), ended.clone());
    hooks.on_end(KIND, move |tx, jobs| {
        let (db, blobs, ended) = (db.clone(), blobs.clone(), ended.clone());
        Box::pin(async move {
            end(tx, jobs, db, blobs, ended).await?;
            Ok(())
        })
    })
}

async fn end(tx: &mut Tx, jobs: &[EndedJob], db: Db, blobs: Blobs, ended: Ended) -> handbill_db::Result<()> {
    let (ends, files): (Vec<RenderEnd>, Vec<Vec<ResultFile>>) = jobs.iter().map(render_end).unzip();
    let renders = renders::end(tx, &ends).await?;
    record_files(tx, &renders, &ends, &files).await?;
    // An attempt that failed has cleared up behind itself. One that was cut off may have left files.
    let mut waste = Vec::new();
    for render in &renders {
        if let Some(job) = jobs.iter().find(|job| job.job == render.job) {
            let good = i64::from(matches!(job.end, End::Completed { .. }));
            if job.attempt > job.failures + good {
                waste.push((render.clone(), job.attempt - good));
            }
        }
    }
    let ids: Vec<Uuid> = renders.iter().map(|render| render.id).collect();
    tx.after_commit(move || {
        ended.tell(&db, &ids);
        if !waste.is_empty() {
            tokio::spawn(async move {
                for (render, attempts) in waste {
                    forget_attempts(&blobs, &render, attempts).await;
                }
            });
        }
    });
    Ok(())
}

/// The files of those that are completed are known from now on.
async fn record_files(
    tx: &mut Tx,
    renders: &[EndedRender],
    ends: &[RenderEnd],
    files: &[Vec<ResultFile>],
) -> handbill_db::Result<()> {
    let mut by_account: BTreeMap<i64, Vec<NewObject>> = BTreeMap::new();
    for render in renders {
        let made = ends.iter().zip(files).find(|(end, _)| end.job == render.job).map(|(_, files)| files);
        let object = |file: &ResultFile| Some(NewObject::new(BlobKey::parse(&file.key).ok()?, file.len));
        by_account.entry(render.account_id).or_default().extend(made.into_iter().flatten().filter_map(object));
    }
    for (account_id, files) in by_account.iter().filter(|(_, files)| !files.is_empty()) {
        let now_ms = ends.first().map_or(0, |end| end.finished_at_ms);
        object::record(tx, *account_id, ObjectKind::Result, files, now_ms, None).await?;
    }
    Ok(())
}

/// And the files that are good.
fn render_end(job: &EndedJob) -> (RenderEnd, Vec<ResultFile>) {
    let mut files = Vec::new();
    let mut end = RenderEnd {
        job: job.job,
        state: RenderState::Failed,
        result: None,
        error: None,
        work_ms: None,
        draw_ms: None,
        started_at_ms: job.started_at_ms,
        finished_at_ms: job.finished_at_ms,
    };
    match &job.end {
        End::Completed { result } => match serde_json::from_str::<Performed>(result) {
            Ok(performed) => {
                end.state = RenderState::Completed;
                end.work_ms = Some(performed.work_ms);
                end.draw_ms = Some(performed.draw_ms);
                end.result = serde_json::to_string(&performed.result).ok();
                files = performed.result.outputs.into_iter().flat_map(|output| output.files).collect();
            }
            Err(error) => {
                tracing::error!(job = job.job.0, %error, "a result cannot be read");
                end.error = Some(Failure::internal().to_json());
            }
        },
        End::Dead { error } => end.error = Some(Failure::of_job(error, job.crashes).to_json()),
        End::Canceled => {
            end.state = RenderState::Canceled;
            end.error = Some(Failure::new(FailureKind::Canceled, "The render was canceled").to_json());
        }
    }
    (end, files)
}
