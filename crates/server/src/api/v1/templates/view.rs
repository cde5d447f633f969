//! Templates as `/v1` shows them.

use handbill_template::lint;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Problem;
use crate::actions::template::{self, Origin, Summary};
use crate::actions::{ActionError, Kind};
use crate::app::App;
use crate::clock;

/// A template as lists show it.
#[derive(Serialize, ToSchema)]
#[schema(as = TemplateSummary)]
pub(crate) struct SummaryView {
    #[schema(example = 10_000)]
    id: i64,
    #[schema(example = "quote-card")]
    slug: String,
    name: String,
    description: Option<String>,
    tags: Vec<String>,
    /// `own`, or `starter` for one that came with the program.
    #[schema(example = "own")]
    origin: &'static str,
    version: i64,
    /// SHA-256 of what it says and of the files beside it.
    hash: String,
    created_at: Option<String>,
    updated_at: Option<String>,
}

impl From<Summary> for SummaryView {
    fn from(summary: Summary) -> SummaryView {
        SummaryView {
            id: summary.id,
            slug: summary.slug,
            name: summary.name,
            description: summary.description,
            tags: summary.tags,
            origin: match summary.origin {
                Origin::Own => "own",
                Origin::Starter => "starter",
            },
            version: summary.version,
            hash: summary.hash,
            created_at: summary.created_at_ms.map(clock::rfc3339),
            updated_at: summary.updated_at_ms.map(clock::rfc3339),
        }
    }
}

/// A template with what it says.
#[derive(Serialize, ToSchema)]
#[schema(as = Template)]
pub(crate) struct TemplateView {
    #[serde(flatten)]
    summary: SummaryView,
    /// The document, as in `template.json`: see `/schema/template.v1.json`.
    #[schema(value_type = Object)]
    template: Value,
    /// The files beside it.
    files: Vec<FileView>,
    /// Its fields, its repeating groups and its numbers in the Batch API.
    #[schema(value_type = Object)]
    fields: Value,
    /// What does not work with its own samples: files that are not there, for instance.
    problems: Vec<String>,
    /// What could be better.
    advice: Vec<AdviceView>,
    #[serde(skip)]
    tag: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct FileView {
    #[schema(example = "assets/photo.jpg")]
    path: String,
    bytes: usize,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AdviceView {
    /// Where in the template.
    path: String,
    message: String,
}

impl TemplateView {
    pub(super) async fn of(app: &App, account_id: i64, reference: &str) -> Result<TemplateView, Problem> {
        let summary = template::get_summary(app, account_id, reference).await?;
        let stored = template::get(app, account_id, &format!("{}@{}", summary.id, summary.version)).await?;
        let broken = |why: String| ActionError::new(Kind::Internal, "The template cannot be read").because(why);
        let files = stored.files.all().map_err(broken)?;
        let json = |value: serde_json::Result<Value>| value.map_err(|error| broken(error.to_string()));
        Ok(TemplateView {
            tag: summary.tag(),
            summary: summary.into(),
            template: json(serde_json::from_str(&handbill_template::write(stored.template())))?,
            files: files.iter().map(|(path, bytes)| FileView { path: path.clone(), bytes: bytes.len() }).collect(),
            fields: json(serde_json::to_value(stored.compiled.fields().describe()))?,
            problems: template::problems(&stored),
            advice: lint(stored.template())
                .into_iter()
                .map(|lint| AdviceView { path: lint.path, message: lint.message })
                .collect(),
        })
    }

    pub(super) fn tag(&self) -> &str {
        &self.tag
    }
}
