//! What answers about jobs have in common: a result, a failure, and the words for both.

use handbill_render::Report;
use serde::Serialize;
use serde_json::{Value, json};

use crate::actions::render::{Failure, FailureKind, Output, ResultFile};
use crate::api::warning;
use crate::app::App;
use crate::blobs::BlobKey;
use crate::clock;
use crate::store::render::Render;

/// The result, as the contract has it; `warnings`, `report` and `metadata` are ours.
#[derive(Serialize)]
pub(super) struct ResultView {
    date: String,
    r#type: &'static str,
    export_url: Value,
    warnings: Vec<Value>,
    report: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
}

impl ResultView {
    pub(super) fn new(app: &App, render: &Render, output: &Output) -> ResultView {
        let key = |file: &ResultFile| BlobKey::parse(&file.key).ok();
        let mut urls = output.files.iter().filter_map(key).map(|key| Value::from(app.links.public(&key)));
        ResultView {
            date: clock::rfc3339_ms(render.finished_at_ms.unwrap_or(render.updated_at_ms)),
            r#type: if output.carousel { "carousel" } else { "normal" },
            export_url: if output.is_list { urls.collect() } else { urls.next().unwrap_or_default() },
            warnings: output.report.warnings.iter().map(warning::shown).collect(),
            report: report_view(&output.report),
            metadata: metadata(render),
        }
    }
}

/// What the request sent along, as it was.
pub(super) fn metadata(render: &Render) -> Option<Value> {
    render.metadata.as_deref().and_then(|metadata| serde_json::from_str(metadata).ok())
}

/// A failure in this family's words.
pub(super) struct FailureView {
    /// A few words, of a fixed list.
    pub(super) error: &'static str,
    pub(super) message: String,
    pub(super) details: String,
    /// After "Error: ".
    pub(super) progress: String,
}

impl From<&Failure> for FailureView {
    fn from(failure: &Failure) -> FailureView {
        let error = match failure.kind {
            FailureKind::TemplateNotFound => {
                return FailureView {
                    error: "Template not found",
                    message: "Template not found or processing error occurred".to_owned(),
                    details: "Invalid template ID provided".to_owned(),
                    progress: "Template not found".to_owned(),
                };
            }
            FailureKind::Invalid => "Validation error",
            FailureKind::RenderFailed | FailureKind::Crashed => "Render failed",
            FailureKind::Canceled => "Job canceled",
            FailureKind::StorageFull | FailureKind::Internal => "Internal Server Error",
        };
        let message = failure.message.clone();
        FailureView { error, details: message.clone(), progress: message.clone(), message }
    }
}

fn report_view(report: &Report) -> Value {
    json!({ "text_sizes": report.text_sizes })
}
