//! A template as it is sent: JSON or a zip; and the tag of the version that the sender had before.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, IF_MATCH};

use super::Problem;
use crate::actions::template::Content;
use crate::actions::{ActionError, Kind};
use crate::api::body::{self, BodyLimits};
use crate::api::v1::problem::ProblemKind;
use crate::app::App;
use crate::templates::{FileMap, StoredTemplate};

const MAX_ZIP_BYTES: usize = 64 << 20;
/// A zip may be large, and the line slow.
const MAX_ZIP_MS: u64 = 120_000;

/// Reads the body as a template. JSON has the files of `current` beside it.
pub(super) async fn read_content(
    app: &App,
    request: Request,
    current: Option<&StoredTemplate>,
) -> Result<Content, Problem> {
    let limits = BodyLimits::from(&app.config.server);
    if body::is_json(request.headers()) {
        let files = match current {
            Some(stored) => stored.files.all().map_err(|why| ActionError::new(Kind::Internal, why))?,
            None => FileMap::new(),
        };
        let text = body::read(request, limits).await?;
        return Ok(Content::of_json(text.to_vec(), files).await?);
    }
    if is_zip(request.headers()) {
        let limits = BodyLimits { bytes: MAX_ZIP_BYTES, ms: limits.ms.max(MAX_ZIP_MS) };
        return Ok(Content::of_zip(body::read(request, limits).await?).await?);
    }
    let detail = "The body must be a template.json (Content-Type: application/json) or a zip of a template's folder \
                  (Content-Type: application/zip)";
    Err(Problem::new(ProblemKind::UnsupportedMediaType, detail))
}

fn is_zip(headers: &HeaderMap) -> bool {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(media_type.as_str(), "application/zip" | "application/x-zip-compressed")
}

/// The tag in `If-Match`; nothing if there is none, or `*`.
pub(super) fn expected_tag(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(sent) = headers.get(IF_MATCH) else { return Ok(None) };
    let text = sent.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let tag = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|tag| !tag.contains('"'));
    match tag {
        Some(tag) => Ok(Some(tag.to_owned())),
        None => Err(Problem::parameter("If-Match", "must be one ETag as it was answered, quotes included, or *")),
    }
}

pub(super) fn quoted(tag: &str) -> String {
    format!("\"{tag}\"")
}
