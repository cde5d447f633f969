//! Generating: a request of the Render API is drawn while the caller waits, and its files are kept.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use handbill_render::{Format, Report};
use handbill_template::bind::render_api::{self, Request};
use handbill_template::bind::{BindOptions, Bound};

use super::draw::{DrawOptions, Drawn, draw, format_named, off_thread, sentence};
use super::storage::record;
use super::{ActionError, Kind, Result, template};
use crate::app::App;
use crate::blobs::{BlobError, BlobKey, ResultPlace};
use crate::store::account::Account;
use crate::store::object::{NewObject, ObjectKind};
use crate::templates::StoredTemplate;

/// Kept files of one result.
#[derive(Clone, Debug)]
pub struct Generated {
    /// In slide order; a PDF is one.
    pub files: Vec<BlobKey>,
    /// Several files, or one that stands for several slides.
    pub carousel: bool,
    pub format: Format,
    /// The files are a list, even if there is one.
    pub is_list: bool,
    pub report: Report,
}

/// Draws the request. Past the server's limit it is stopped: this version has no job that could go on by itself.
pub async fn draw_request(app: &App, account_id: i64, request: Request) -> Result<Drawn> {
    let format =
        format_named(&request.output).map_err(|why| ActionError::new(Kind::Invalid, format!("output: {why}")))?;
    let limit_ms = app.config.generate.timeout_ms;
    let work = async {
        let stored = template::get(app, account_id, &request.template_id).await?;
        let options = DrawOptions { strict: request.strict, ..DrawOptions::new(format) };
        let (template, max_entries) = (Arc::clone(&stored), app.renderer.limits.max_slides);
        let bound = off_thread(move || bind(&template, &request, max_entries)).await??;
        let drawn = draw(&app.renderer, &stored, bound, &options, |_| ()).await;
        drawn.map_err(|mut error| {
            error.message = sentence(&error.message);
            error
        })
    };
    within(limit_ms, work).await
}

/// Keeps what was drawn in the account's folder. All of it or nothing.
pub async fn keep(app: &App, account: &Account, drawn: Drawn) -> Result<Generated> {
    let Drawn { rendered, carousel, format } = drawn;
    let place = ResultPlace::new(account.id).map_err(|error| internal().because(error))?;
    let is_list = format != Format::Pdf && (carousel || rendered.pictures.len() > 1);
    let mut files = Vec::with_capacity(rendered.pictures.len());
    let mut objects = Vec::with_capacity(rendered.pictures.len());
    for (index, picture) in rendered.pictures.into_iter().enumerate() {
        let key = match format {
            Format::Pdf if carousel => place.carousel_pdf(),
            _ if is_list => place.frame(index, format.extension()),
            _ => place.single(format.extension()),
        };
        objects.push(NewObject::new(key.clone(), picture.bytes.len()));
        if let Err(error) = app.blobs.put(&key, picture.bytes).await {
            forget(app, &files).await;
            return Err(error.into());
        }
        files.push(key);
    }
    if let Err(error) = publish(app, account, &objects).await {
        forget(app, &files).await;
        return Err(error);
    }
    Ok(Generated { files, carousel, format, is_list, report: rendered.report })
}

async fn publish(app: &App, account: &Account, objects: &[NewObject]) -> Result<()> {
    let mut tx = app.db.begin().await?;
    record(&mut tx, account.id, ObjectKind::Result, objects).await?;
    Ok(tx.commit().await?)
}

async fn forget(app: &App, files: &[BlobKey]) {
    for key in files {
        if let Err(error) = app.blobs.delete(key).await {
            tracing::warn!(%key, %error, "a file of a result that failed could not be deleted");
        }
    }
}

async fn within<T>(limit_ms: u64, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(Duration::from_millis(limit_ms), work).await.unwrap_or_else(|_| {
        let message = format!(
            "The render was not done within {limit_ms} ms and was stopped; ask for fewer slides, or have the operator \
             raise generate.timeout_ms"
        );
        Err(ActionError::new(Kind::TimedOut, message))
    })
}

fn bind(stored: &StoredTemplate, request: &Request, max_entries: usize) -> Result<Bound> {
    let options = BindOptions { max_entries, ..BindOptions::default() };
    render_api::bind(&stored.compiled, request, &options)
        .map_err(|error| ActionError::new(Kind::Invalid, sentence(&error.to_string())))
}

fn internal() -> ActionError {
    ActionError::new(Kind::Internal, "Something went wrong on the server")
}

impl From<BlobError> for ActionError {
    fn from(error: BlobError) -> ActionError {
        let answer = match &error {
            BlobError::StorageFull(_) => ActionError::new(Kind::StorageFull, "The storage is full"),
            BlobError::Io(_) | BlobError::S3(_) => internal(),
        };
        answer.because(error)
    }
}
