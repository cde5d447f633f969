//! `POST /generate`: renders while the caller waits.

use axum::Json;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderName, Uri};
use axum::response::{IntoResponse, Response};
use handbill_render::{Format, Report};
use handbill_template::Warning;
use handbill_template::bind::render_api;
use serde::Serialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::accept::wants_bytes;
use super::auth::Caller;
use super::errors::ErrorBody;
use super::json::JsonObject;
use crate::actions::draw::{Drawn, sentence};
use crate::actions::generate::{Generated, draw_request, keep};
use crate::app::App;
use crate::clock;

/// The codes of the warnings, when the answer is the picture itself.
const WARNINGS: HeaderName = HeaderName::from_static("handbill-warnings");

/// The result, as the contract has it; `warnings` and `report` are ours.
#[derive(Serialize)]
struct ResultBody {
    date: String,
    r#type: &'static str,
    export_url: Value,
    warnings: Vec<Value>,
    report: Value,
}

pub(crate) async fn generate(
    State(app): State<App>,
    Caller(caller): Caller,
    uri: Uri,
    headers: HeaderMap,
    JsonObject(body): JsonObject,
) -> Result<Response, ErrorBody> {
    let request = render_api::parse(&Value::Object(body), tool(&uri).as_deref())
        .map_err(|error| ErrorBody::invalid(unchanged(&error.to_string())))?;
    let drawn = draw_request(&app, caller.account.id, request).await?;
    let accepted: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    if drawn.rendered.pictures.len() == 1 && wants_bytes(&accepted, drawn.format.content_type()) {
        return Ok(bytes(drawn));
    }
    let generated = keep(&app, &caller.account, drawn).await?;
    Ok(([(VARY, "accept")], Json(view(&app, &generated))).into_response())
}

/// `?tool=…`; the rest of a query means nothing here.
fn tool(uri: &Uri) -> Option<String> {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "tool").map(|(_, tool)| tool.into_owned())
}

/// Messages of the contract begin with the name of a key.
fn unchanged(message: &str) -> String {
    if message.starts_with("the ") { sentence(message) } else { message.to_owned() }
}

fn view(app: &App, generated: &Generated) -> ResultBody {
    let url = |key: &crate::blobs::BlobKey| Value::from(app.links.public(key));
    let export_url = match &generated.files[..] {
        files if generated.is_list => files.iter().map(url).collect(),
        files => files.first().map(url).unwrap_or_default(),
    };
    ResultBody {
        date: clock::rfc3339_ms(clock::now_ms()),
        r#type: if generated.carousel { "carousel" } else { "normal" },
        export_url,
        warnings: generated.report.warnings.iter().map(shown).collect(),
        report: report_view(&generated.report),
    }
}

fn report_view(report: &Report) -> Value {
    json!({ "text_sizes": report.text_sizes })
}

/// A warning without the whole picture when it came as a data: URL.
fn shown(warning: &Warning) -> Value {
    const MOST: usize = 500;
    let mut warning = warning.clone();
    for value in [&mut warning.from, &mut warning.to].into_iter().flatten() {
        if let Value::String(text) = value
            && text.chars().count() > MOST
        {
            *text = text.chars().take(MOST).chain(['…']).collect();
        }
    }
    serde_json::to_value(warning).unwrap_or_default()
}

/// The one file itself. It is not kept: nobody was told an address.
fn bytes(drawn: Drawn) -> Response {
    let Drawn { rendered, format, carousel } = drawn;
    let mut codes: Vec<String> = rendered.report.warnings.iter().map(code).collect();
    codes.dedup();
    let name = match format {
        Format::Pdf if carousel => "carousel-output",
        _ => "template",
    };
    let file = rendered.pictures.into_iter().next().map(|picture| picture.bytes).unwrap_or_default();
    let headers = [
        (CONTENT_TYPE, format.content_type().to_owned()),
        (CONTENT_DISPOSITION, format!("inline; filename=\"{name}.{}\"", format.extension())),
        (VARY, "accept".to_owned()),
        (WARNINGS, codes.join(", ")),
    ];
    (headers, file).into_response()
}

fn code(warning: &Warning) -> String {
    let code = serde_json::to_value(warning.code).unwrap_or_default();
    code.as_str().unwrap_or_default().to_owned()
}
