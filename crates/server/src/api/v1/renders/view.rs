//! Renders as `/v1` shows them.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::render::list::ListedRender;
use crate::actions::render::look::{Standing, Status};
use crate::actions::render::{Failure, Output, RenderResult};
use crate::api::warning;
use crate::app::App;
use crate::blobs::BlobKey;
use crate::clock;
use crate::store::render::Render;

/// A render as lists show it.
#[derive(Serialize, ToSchema)]
#[schema(as = RenderSummary)]
pub(crate) struct RenderSummaryView {
    id: Uuid,
    /// `queued`, `processing`, `completed`, `failed` or `canceled`.
    #[schema(example = "completed")]
    status: &'static str,
    /// Where it was asked for: `v1`, or `render` and `generate` of the Render API.
    #[schema(example = "v1")]
    origin: &'static str,
    /// As it was sent.
    #[schema(example = "quote-card")]
    template: String,
    /// The version that it was taken for, whatever has changed since.
    #[schema(example = "#10000@3")]
    template_version: String,
    created_at: String,
    /// When the last attempt began.
    started_at: Option<String>,
    finished_at: Option<String>,
    progress: ProgressView,
    /// In the order in which they were asked for: by size, then by format. Empty until it is completed.
    outputs: Vec<OutputView>,
    /// Why there is nothing.
    error: Option<FailureView>,
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
    webhook_url: Option<String>,
}

/// A render.
#[derive(Serialize, ToSchema)]
#[schema(as = Render)]
pub(crate) struct RenderView {
    #[serde(flatten)]
    summary: RenderSummaryView,
    /// In the line, from 1; null if it does not wait.
    position: Option<i64>,
    /// Until it is likely to be done; null if it does not wait.
    estimated_seconds: Option<u64>,
    /// What was done, and what came out otherwise than asked for.
    report: Option<ReportView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RenderProgress)]
pub(crate) struct ProgressView {
    slides_done: i64,
    /// Of all outputs together.
    slides: i64,
}

/// One size in one format.
#[derive(Serialize, ToSchema)]
#[schema(as = RenderOutput)]
pub(crate) struct OutputView {
    /// As it was asked for; null for the template's own.
    size: Option<String>,
    #[schema(example = "png")]
    format: &'static str,
    /// Of its pages, in pixels; in points for a PDF.
    width: u32,
    height: u32,
    files: Vec<FileView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RenderFile)]
pub(crate) struct FileView {
    url: String,
    /// How large it is.
    bytes: usize,
    #[schema(example = "image/png")]
    content_type: &'static str,
    /// Which slide it shows, from 0; null for a PDF, which has them all.
    slide: Option<usize>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RenderReport)]
pub(crate) struct ReportView {
    /// Each with the number of its `output`, from 0.
    #[schema(value_type = Vec<Object>)]
    warnings: Vec<Value>,
    /// The sizes that fitting texts got, each with the number of its `output`.
    #[schema(value_type = Vec<Object>)]
    text_sizes: Vec<Value>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RenderFailure)]
pub(crate) struct FailureView {
    /// `template_not_found`, `invalid`, `render_failed`, `crashed`, `storage_full`, `canceled` or `internal`.
    #[schema(value_type = String, example = "invalid")]
    code: Value,
    message: String,
}

impl RenderSummaryView {
    pub(super) fn of(app: &App, listed: &ListedRender) -> RenderSummaryView {
        RenderSummaryView::new(app, &listed.render, listed.status.as_ref())
    }

    /// Without a status it waits.
    fn new(app: &App, render: &Render, status: Option<&Status>) -> RenderSummaryView {
        let (name, slides_done) = match status {
            None | Some(Status::Queued(_)) => ("queued", 0),
            Some(Status::Processing { slides_done, .. }) => ("processing", *slides_done),
            Some(Status::Completed(_)) => ("completed", render.slides),
            Some(Status::Failed(_)) => ("failed", render.slides_done),
            Some(Status::Canceled(_)) => ("canceled", render.slides_done),
        };
        let started_at_ms = match status {
            Some(Status::Processing { started_at_ms, .. }) => Some(*started_at_ms),
            _ => render.started_at_ms,
        };
        let (outputs, failure) = match status {
            Some(Status::Completed(result)) => (&result.outputs[..], None),
            Some(Status::Failed(failure) | Status::Canceled(failure)) => (&[][..], Some(failure)),
            _ => (&[][..], None),
        };
        RenderSummaryView {
            id: render.id,
            status: name,
            origin: render.origin.name(),
            template: render.template.clone(),
            template_version: render.template_version.clone(),
            created_at: clock::rfc3339(render.created_at_ms),
            started_at: started_at_ms.map(clock::rfc3339),
            finished_at: render.finished_at_ms.map(clock::rfc3339),
            progress: ProgressView { slides_done: slides_done.min(render.slides), slides: render.slides },
            outputs: outputs.iter().map(|output| OutputView::of(app, output)).collect(),
            error: failure.map(FailureView::from),
            metadata: render.metadata.as_deref().and_then(|metadata| serde_json::from_str(metadata).ok()),
            webhook_url: render.webhook_url.clone(),
        }
    }
}

impl RenderView {
    pub(super) fn of(app: &App, Standing { render, status }: &Standing) -> RenderView {
        let estimate = match status {
            Status::Queued(estimate) => Some(estimate),
            _ => None,
        };
        RenderView {
            summary: RenderSummaryView::new(app, render, Some(status)),
            position: estimate.map(|estimate| estimate.position),
            estimated_seconds: estimate.map(|estimate| estimate.left.as_secs_f64().ceil() as u64),
            report: match status {
                Status::Completed(result) => Some(ReportView::from(result)),
                _ => None,
            },
        }
    }
}

impl OutputView {
    fn of(app: &App, output: &Output) -> OutputView {
        let is_pdf = !output.is_list && output.format == handbill_render::Format::Pdf;
        let file = |(slide, file): (usize, &crate::actions::render::ResultFile)| {
            Some(FileView {
                url: app.links.public(&BlobKey::parse(&file.key).ok()?).to_string(),
                bytes: file.len,
                content_type: output.format.content_type(),
                slide: (!is_pdf).then_some(slide),
            })
        };
        let first = output.files.first();
        OutputView {
            size: output.size.clone(),
            format: output.format.extension(),
            width: first.map_or(0, |file| file.width),
            height: first.map_or(0, |file| file.height),
            files: output.files.iter().enumerate().filter_map(file).collect(),
        }
    }
}

impl From<&RenderResult> for ReportView {
    fn from(result: &RenderResult) -> ReportView {
        let of = |index: usize, mut value: Value| {
            value["output"] = json!(index);
            value
        };
        let outputs = || result.outputs.iter().map(|output| &output.report).enumerate();
        let sizes =
            outputs().flat_map(|(index, report)| report.text_sizes.iter().map(move |size| (index, json!(size))));
        let warnings =
            outputs().flat_map(|(index, report)| report.warnings.iter().map(move |one| (index, warning::shown(one))));
        ReportView {
            warnings: warnings.map(|(index, value)| of(index, value)).collect(),
            text_sizes: sizes.map(|(index, value)| of(index, value)).collect(),
        }
    }
}

impl From<&Failure> for FailureView {
    fn from(failure: &Failure) -> FailureView {
        FailureView { code: json!(failure.kind), message: failure.message.clone() }
    }
}
