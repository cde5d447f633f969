//! One attempt at a render: its request is read again, drawn, and its files are kept. What an attempt leaves behind that
//! comes to nothing is deleted again.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use handbill_render::{Format, Progress};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::files::{AttemptFiles, Naming, place};
use super::request::{Ready, RenderRequest, WantedOutput};
use super::{Failure, Output, RenderResult};
use crate::actions::draw::{DrawOptions, Drawn, draw, sentence};
use crate::actions::{ActionError, Kind, Result};
use crate::app::App;
use crate::clock;
use crate::store::Whose;
use crate::store::render::{self as renders, Origin, Render};
use crate::workers::render::longest_drawing;

/// How often the number of the slide is written down.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

/// A good attempt.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Performed {
    pub(crate) result: RenderResult,
    /// Without the wait for an engine process.
    pub(crate) work_ms: i64,
    /// In the engine.
    pub(crate) draw_ms: i64,
}

/// An attempt that came to nothing.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) failure: Failure,
    pub(crate) again: Again,
}

/// Whether another attempt is worth while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// It would fail again, or somebody waits who is to be told now.
    Never,
    /// What is in the way may go away.
    Later,
    /// It only came at a bad moment.
    Soon,
}

impl From<ActionError> for Failed {
    fn from(error: ActionError) -> Failed {
        let again = match error.kind {
            Kind::Busy => Again::Soon,
            Kind::StorageFull | Kind::Internal => Again::Later,
            _ => Again::Never,
        };
        if again == Again::Later || error.kind == Kind::RenderFailed {
            tracing::error!(kind = ?error.kind, error = &error as &dyn std::error::Error, "an attempt at a render failed");
        }
        Failed { failure: Failure::from(&error), again }
    }
}

impl Failed {
    /// Whoever waits for it is told of a failure sooner than it could pass.
    fn told_now(self) -> Failed {
        Failed { again: if self.again == Again::Later { Again::Never } else { self.again }, ..self }
    }
}

/// Works on a render. Dropping the future stops the work and deletes its files.
pub(crate) async fn perform(app: &App, id: Uuid, attempt: i64) -> std::result::Result<Performed, Failed> {
    let (render, request) = load(app, id).await?;
    let performed = perform_loaded(app, &render, &request, attempt).await;
    performed.map_err(|failed| if render.origin == Origin::Generate { failed.told_now() } else { failed })
}

async fn perform_loaded(
    app: &App,
    render: &Render,
    request: &str,
    attempt: i64,
) -> std::result::Result<Performed, Failed> {
    let began = Instant::now();
    let request = RenderRequest::kept(render.origin, request)?;
    let ready = request.ready(app, render.account_id, &render.template_version).await?;
    let slides_done = AtomicI64::new(0);
    let mut files = AttemptFiles::new(&app.blobs);
    let made = tokio::select! {
        made = make_all(app, render, attempt, ready, &mut files, &slides_done) => made?,
        () = note_progress(app, render.id, &slides_done) => unreachable!("it goes on until it is dropped"),
    };
    files.are_good();
    let worked = began.elapsed().saturating_sub(made.waited);
    Ok(Performed { result: RenderResult { outputs: made.outputs }, work_ms: ms(worked), draw_ms: ms(made.took) })
}

/// All outputs, and how long that took.
#[derive(Default)]
struct Made {
    outputs: Vec<Output>,
    took: Duration,
    waited: Duration,
}

/// One output after the other.
async fn make_all(
    app: &App,
    render: &Render,
    attempt: i64,
    ready: Ready,
    files: &mut AttemptFiles,
    slides_done: &AtomicI64,
) -> Result<Made> {
    let mut made = Made::default();
    let several = ready.outputs.len() > 1;
    for (index, wanted) in ready.outputs.into_iter().enumerate() {
        let before = slides_done.load(Ordering::Relaxed);
        let on_progress = |progress: Progress| {
            let done = i64::try_from(progress.done).unwrap_or(i64::MAX);
            slides_done.store(before.saturating_add(done), Ordering::Relaxed);
        };
        let WantedOutput { size, options, .. } = wanted;
        let options = DrawOptions { account_id: Some(render.account_id), ..options };
        let drawing = draw(&app.renderer, &ready.stored, ready.bound.clone(), &options, on_progress);
        let drawn = tokio::time::timeout(longest_drawing(app), drawing).await.unwrap_or_else(|_| Err(stuck()));
        let drawn = drawn.map_err(|mut error| {
            error.message = sentence(&error.message);
            if several {
                let size = size.as_deref().unwrap_or("the template's own size");
                error.message = format!("{} ({size}, {})", error.message, options.format.extension());
            }
            error
        })?;
        let Drawn { rendered, carousel, format, took, waited } = drawn;
        let is_list = format != Format::Pdf && (carousel || rendered.pictures.len() > 1);
        let place = place(render.account_id, &render.seed, attempt, index);
        let kept = files.keep(&place, Naming { format, carousel, is_list }, rendered.pictures).await?;
        made.outputs.push(Output { size, format, files: kept, carousel, is_list, report: rendered.report });
        made.took += took;
        made.waited += waited;
    }
    Ok(made)
}

fn stuck() -> ActionError {
    ActionError::new(Kind::Internal, "Something went wrong on the server").because("a drawing did not end")
}

async fn load(app: &App, id: Uuid) -> std::result::Result<(Render, String), Failed> {
    let load = async || -> Result<Option<(Render, String)>> {
        let mut conn = app.db.read().await?;
        let render = renders::find(&mut conn, Whose::Anybody, id).await?;
        Ok(render.zip(renders::find_request(&mut conn, id).await?))
    };
    load().await?.ok_or_else(|| {
        tracing::error!(%id, "a job's render is not there");
        Failed { failure: Failure::internal(), again: Again::Never }
    })
}

/// Writes down how far the drawing is, now and then, while it is polled.
async fn note_progress(app: &App, id: Uuid, slides_done: &AtomicI64) {
    let mut noted = 0;
    loop {
        tokio::time::sleep(PROGRESS_EVERY).await;
        let done = slides_done.load(Ordering::Relaxed);
        if done == noted {
            continue;
        }
        noted = done;
        let note = async {
            let mut tx = app.db.begin_lazy().await?;
            renders::note_progress(&mut tx, id, done, clock::now_ms()).await?;
            tx.commit().await
        };
        if let Err(error) = note.await {
            tracing::debug!(%id, %error, "the progress of a render was not noted");
        }
    }
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
