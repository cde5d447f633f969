//! Canceling a render: one that waits is never begun, one that is at work is broken off and its files are deleted.

use handbill_queue::Canceling;
use uuid::Uuid;

use super::look::{Standing, find_render};
use crate::actions::{ActionError, Kind, Result};
use crate::app::App;
use crate::store::Whose;
use crate::store::render as renders;

/// # Errors
/// `NotFound` if the account has no such render, `Conflict` if it has ended.
pub async fn cancel_render(app: &App, account_id: i64, id: Uuid) -> Result<Standing> {
    let mut tx = app.db.begin().await?;
    let render = renders::find(&mut tx, Whose::Account(account_id), id).await?.ok_or_else(|| unknown(id))?;
    let answers = app.queue.cancel(&mut tx, &[render.job]).await?;
    if answers.get(&render.job) != Some(&Canceling::Canceled) {
        let state = render.state.name();
        let how = if state == "open" { "ended" } else { state };
        let message = format!("The render is {how} already; what has ended cannot be canceled");
        return Err(ActionError::new(Kind::Conflict, message));
    }
    tx.commit().await?;
    find_render(app, account_id, id).await?.ok_or_else(|| unknown(id))
}

pub(crate) fn unknown(id: impl std::fmt::Display) -> ActionError {
    ActionError::new(Kind::NotFound, format!("There is no render {id}"))
}
