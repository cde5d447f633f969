//! Looking at a render: how it stands now.

use handbill_queue::State;
use uuid::Uuid;

use super::estimate::{Estimate, estimate};
use super::{Failure, RenderResult};
use crate::actions::Result;
use crate::actions::patience::Patience;
use crate::app::App;
use crate::store::Whose;
use crate::store::render::{self as renders, Render, RenderState};

/// A render, and how it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    pub render: Render,
    pub status: Status,
}

#[derive(Clone, Debug)]
pub enum Status {
    /// It waits, also for another attempt.
    Queued(Estimate),
    Processing {
        started_at_ms: i64,
        /// That are done, as far as that was noted.
        slides_done: i64,
    },
    Completed(RenderResult),
    Failed(Failure),
    Canceled(Failure),
}

impl Status {
    pub fn has_ended(&self) -> bool {
        matches!(self, Status::Completed(_) | Status::Failed(_) | Status::Canceled(_))
    }
}

/// One of the account's; nothing if there is none, or it is another's.
pub async fn find_render(app: &App, account_id: i64, id: Uuid) -> Result<Option<Standing>> {
    let mut patience = Patience::new(app);
    loop {
        match look(app, account_id, id).await {
            Err(error) if patience.outlasts(&error).await => {}
            outcome => return outcome,
        }
    }
}

async fn look(app: &App, account_id: i64, id: Uuid) -> Result<Option<Standing>> {
    let mut conn = app.db.read().await?;
    let Some(render) = renders::find(&mut conn, Whose::Account(account_id), id).await? else { return Ok(None) };
    if let Some(status) = ended(&render) {
        return Ok(Some(Standing { render, status }));
    }
    let job = app.queue.find(&mut conn, render.job).await?;
    let status = match job.map(|job| (job.state, job.started_at_ms)) {
        Some((State::Running, started_at_ms)) => processing(&render, started_at_ms.unwrap_or(render.created_at_ms)),
        Some((State::Waiting, _)) => Status::Queued(estimate(app, &mut conn, render.job, None).await?),
        Some((State::Delayed { until_ms }, _)) => {
            Status::Queued(estimate(app, &mut conn, render.job, Some(until_ms)).await?)
        }
        Some((State::Completed { .. } | State::Dead | State::Canceled, _)) | None => {
            // It may have ended between the two looks.
            drop(conn);
            return look_again(app, account_id, id).await;
        }
    };
    Ok(Some(Standing { render, status }))
}

/// The queue says that it has ended: then so does its row, unless what the end wrote was lost.
async fn look_again(app: &App, account_id: i64, id: Uuid) -> Result<Option<Standing>> {
    let render = renders::find(&mut app.db.read().await?, Whose::Account(account_id), id).await?;
    Ok(render.map(|render| {
        let status = ended(&render).unwrap_or_else(|| {
            tracing::error!(%id, "a render's job has ended, and nobody noted how");
            Status::Failed(Failure::internal())
        });
        Standing { render, status }
    }))
}

pub(super) fn processing(render: &Render, started_at_ms: i64) -> Status {
    // What an earlier attempt noted says nothing about this one.
    let slides_done = if render.updated_at_ms >= started_at_ms { render.slides_done } else { 0 };
    Status::Processing { started_at_ms, slides_done }
}

pub(super) fn ended(render: &Render) -> Option<Status> {
    let failure = || {
        let kept = render.error.as_deref().and_then(|error| serde_json::from_str(error).ok());
        kept.unwrap_or_else(Failure::internal)
    };
    match render.state {
        RenderState::Open => None,
        RenderState::Failed => Some(Status::Failed(failure())),
        RenderState::Canceled => Some(Status::Canceled(failure())),
        RenderState::Completed => {
            let result = render.result.as_deref().and_then(|result| serde_json::from_str(result).ok());
            Some(result.map_or_else(|| Status::Failed(Failure::internal()), Status::Completed))
        }
    }
}
