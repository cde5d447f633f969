//! Lists of renders, the newest first, whichever API they were asked for by.

use std::str::FromStr;

use uuid::Uuid;

use super::look::{Status, ended, processing};
use crate::actions::{Kind, Page, Result, template};
use crate::app::App;
use crate::store::render::{self as renders, Filter, Listed, Origin, Render};

/// What a list is to show.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub status: Option<WantedStatus>,
    /// By slug, alias or number, of all versions unless it names one.
    pub template: Option<String>,
    pub origin: Option<Origin>,
    /// From this time on.
    pub created_after_ms: Option<i64>,
    pub created_before_ms: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WantedStatus {
    Queued,
    Processing,
    Completed,
    Failed,
    Canceled,
}

/// A render as lists show it: one that waits has no status, since its place in the line is not looked up.
#[derive(Clone, Debug)]
pub struct ListedRender {
    pub render: Render,
    pub status: Option<Status>,
}

impl FromStr for WantedStatus {
    type Err = ();

    fn from_str(name: &str) -> std::result::Result<WantedStatus, ()> {
        Ok(match name {
            "queued" => WantedStatus::Queued,
            "processing" => WantedStatus::Processing,
            "completed" => WantedStatus::Completed,
            "failed" => WantedStatus::Failed,
            "canceled" => WantedStatus::Canceled,
            _ => return Err(()),
        })
    }
}

impl WantedStatus {
    /// The state of the row, and whether a worker has it.
    fn stored(self) -> (&'static str, Option<bool>) {
        match self {
            WantedStatus::Queued => ("open", Some(false)),
            WantedStatus::Processing => ("open", Some(true)),
            WantedStatus::Completed => ("completed", None),
            WantedStatus::Failed => ("failed", None),
            WantedStatus::Canceled => ("canceled", None),
        }
    }
}

/// Beginning with the one before `after`; nil is the newest.
pub async fn list_renders(
    app: &App,
    account_id: i64,
    wanted: &Wanted,
    after: Uuid,
    limit: i64,
) -> Result<Page<ListedRender, Uuid>> {
    let limit = limit.clamp(1, <Page<Render>>::MAX_LIMIT);
    let (state, is_running) = wanted.status.map(WantedStatus::stored).unzip();
    let (pinned, versions) = match &wanted.template {
        Some(reference) => template_names(app, account_id, reference).await?,
        None => (None, None),
    };
    let filter = Filter {
        before: Some(after).filter(|after| !after.is_nil()),
        state,
        is_running: is_running.flatten(),
        template: wanted.template.clone(),
        pinned,
        versions,
        origin: wanted.origin.map(Origin::name),
        created_after_ms: wanted.created_after_ms,
        created_before_ms: wanted.created_before_ms,
    };
    let rows = renders::list(&mut app.db.read().await?, account_id, &filter, limit + 1).await?;
    let page = Page::of(rows, limit, |row| row.render.id);
    Ok(Page { items: page.items.into_iter().map(ListedRender::from).collect(), next: page.next })
}

/// What renders of a template are kept under: one version, or a pattern for all. A template that is gone is still known as
/// it was sent.
async fn template_names(app: &App, account_id: i64, reference: &str) -> Result<(Option<String>, Option<String>)> {
    match template::get_summary(app, account_id, reference).await {
        Ok(summary) if reference.contains('@') => Ok((Some(format!("#{}@{}", summary.id, summary.version)), None)),
        Ok(summary) => Ok((None, Some(format!("#{}@%", summary.id)))),
        Err(error) if error.kind == Kind::NotFound => Ok((None, None)),
        Err(error) => Err(error),
    }
}

impl From<Listed> for ListedRender {
    fn from(Listed { render, running_since_ms }: Listed) -> ListedRender {
        let status = ended(&render).or_else(|| running_since_ms.map(|since_ms| processing(&render, since_ms)));
        ListedRender { render, status }
    }
}
