//! Waiting for the end of a render: it is told, not asked for again and again.

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::look::{Standing, find_render};
use crate::actions::Result;
use crate::actions::patience::Patience;
use crate::app::App;
use crate::store::Whose;
use crate::store::render::{self as renders, RenderState};

/// In case that the news was lost, or there is nobody to bring it from another process.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiter {
    /// They have nothing else to ask.
    Stays,
    /// They can come again, so they are let go when the process stops.
    ComesAgain,
}

/// How the render stands as soon as it has ended, or at the latest after `limit`.
pub async fn wait_for_end(
    app: &App,
    account_id: i64,
    id: Uuid,
    limit: Duration,
    waiter: Waiter,
) -> Result<Option<Standing>> {
    let mut waiting = app.ended.wait_for(id);
    let deadline = Instant::now() + limit;
    let mut patience = Patience::new(app);
    loop {
        let goes_on = match is_open(app, account_id, id).await {
            Err(error) if patience.outlasts(&error).await => continue,
            outcome => outcome?,
        };
        let let_go = waiter == Waiter::ComesAgain && app.ended.is_stopping();
        if !goes_on || let_go || Instant::now() >= deadline {
            return find_render(app, account_id, id).await;
        }
        let look_at = (Instant::now() + LOOK_EVERY).min(deadline);
        tokio::select! {
            () = waiting.news() => {}
            () = tokio::time::sleep_until(look_at) => {}
        }
    }
}

async fn is_open(app: &App, account_id: i64, id: Uuid) -> Result<bool> {
    let render = renders::find(&mut app.db.read().await?, Whose::Account(account_id), id).await?;
    Ok(render.is_some_and(|render| render.state == RenderState::Open))
}
