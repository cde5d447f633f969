//! The Render API's bodies as the OpenAPI document tells them. The contract fixes what they are; they are read by
//! `handbill_template::bind::render_api` and written by the handlers.
#![expect(dead_code, reason = "these are only told")]

use serde_json::Value;
use utoipa::openapi::{ContentBuilder, OpenApi, RefOr, ResponseBuilder};
use utoipa::{IntoParams, IntoResponses, PartialSchema, ToSchema};

use super::errors::ErrorBody;
use crate::api::openapi;

/// The document before its operations.
pub(crate) fn document() -> OpenApi {
    let words = "The Contentdrips Render API: a template and its data go in, pictures or a PDF come out. `brand_kit`, `strict` and \
                 the warnings of answers are Handbill's own.";
    let mut document = openapi::document("Handbill: Render API", words);
    let schemas = &mut document.components.get_or_insert_default().schemas;
    schemas.insert("Error".to_owned(), ErrorView::schema());
    document
}

/// What is to be rendered.
#[derive(ToSchema)]
#[schema(as = RenderRequest)]
pub(crate) struct RequestView {
    /// The template's slug, alias or number, a version behind an `@`.
    #[schema(example = "og-blog")]
    template_id: String,
    /// `png`, `jpg`, `jpeg`, `pdf`, `webp` or `avif`.
    #[schema(example = "png")]
    output: Option<String>,
    /// `carousel-maker` for a carousel.
    tool: Option<String>,
    /// Texts of the brand; what is left out comes from the account's brand kit.
    branding: Option<BrandingView>,
    /// The brand kit to use, by number or name.
    brand_kit: Option<String>,
    content_update: Option<Vec<UpdateView>>,
    /// Entries of the repeating slides, or `{intro_slide, slides, ending_slide}`.
    #[schema(value_type = Option<Object>)]
    carousel: Option<Value>,
    /// Where the end is announced.
    webhook_url: Option<String>,
    /// Echoed as it is.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
    /// What would be a warning is an error.
    strict: Option<bool>,
}

#[derive(ToSchema)]
#[schema(as = Branding)]
pub(crate) struct BrandingView {
    name: Option<String>,
    handle: Option<String>,
    bio: Option<String>,
    website_url: Option<String>,
    avatar_image_url: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = ContentUpdate)]
pub(crate) struct UpdateView {
    /// `textbox`, `image` or `shape`.
    #[schema(example = "textbox")]
    r#type: String,
    /// A field's key, alias or label, or a node's id or name.
    #[schema(example = "title")]
    label: String,
    #[schema(value_type = Option<String>)]
    value: Option<Value>,
}

/// A render that was taken in.
#[derive(ToSchema)]
#[schema(as = QueuedJob)]
pub(crate) struct QueuedView {
    job_id: uuid::Uuid,
    #[schema(example = "queued")]
    status: String,
    message: String,
    check_status_url: String,
    estimated_time: Option<String>,
    estimated_seconds: Option<u64>,
}

/// How a job stands.
#[derive(ToSchema)]
#[schema(as = JobStatus)]
pub(crate) struct StatusView {
    job_id: uuid::Uuid,
    /// `queued`, `processing`, `completed` or `failed`.
    #[schema(example = "processing")]
    status: String,
    updated_at: String,
    #[schema(rename = "updatedAt")]
    updated_at_too: String,
    #[schema(rename = "startedAt")]
    started_at: Option<String>,
    #[schema(rename = "completedAt")]
    completed_at: Option<String>,
    #[schema(example = "Rendering slide 2 of 5")]
    progress: String,
    position: Option<u64>,
    estimated_seconds: Option<u64>,
    error: Option<String>,
    message: Option<String>,
    error_details: Option<String>,
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
}

/// What a render made.
#[derive(ToSchema)]
#[schema(as = RenderResult)]
pub(crate) struct MadeView {
    date: String,
    /// `normal` or `carousel`.
    r#type: String,
    /// The file's address, or a list of them.
    #[schema(value_type = Object)]
    export_url: Value,
    /// What came out otherwise than asked for.
    #[schema(value_type = Vec<Object>)]
    warnings: Vec<Value>,
    #[schema(value_type = Object)]
    report: Value,
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
}

/// A job that has no result yet.
#[derive(ToSchema)]
#[schema(as = PendingJob)]
pub(crate) struct PendingView {
    job_id: uuid::Uuid,
    status: String,
    message: String,
    check_again_in: String,
}

/// The queue as a whole.
#[derive(ToSchema)]
#[schema(as = QueueStats)]
pub(crate) struct StatsView {
    waiting: u64,
    active: u64,
    completed: u64,
    failed: u64,
    delayed: u64,
    workers: u64,
    throughput_per_minute: f64,
    average_render_ms: Option<f64>,
    estimated_wait_seconds: Option<u64>,
}

/// A failure.
#[derive(ToSchema)]
pub(crate) struct ErrorView {
    #[schema(example = "Validation error")]
    error: String,
    message: String,
    /// The error's class.
    #[schema(example = "ValidationError")]
    r#type: Option<String>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ToolParams {
    /// `carousel-maker` for a carousel.
    tool: Option<String>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WaitParams {
    /// Seconds to wait for the end, 0 to 60.
    wait: Option<u64>,
}

impl IntoResponses for ErrorBody {
    fn responses() -> std::collections::BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let answer = |words: &str| {
            let schema = RefOr::Ref(utoipa::openapi::Ref::from_schema_name("Error"));
            let content = ContentBuilder::new().schema(Some(schema)).build();
            RefOr::T(ResponseBuilder::new().description(words).content("application/json", content).build())
        };
        [
            ("4XX".to_owned(), answer("What was sent is wrong, or not allowed, or too much.")),
            ("5XX".to_owned(), answer("The server could not do it.")),
        ]
        .into()
    }
}
