//! What anybody may ask: the template format's schema, what kinds of problems there are, the
//! licences of the fonts.

use std::fmt::Write as _;

use axum::Json;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::unrouted;
use super::v1::problem::ProblemKind;

/// A line for whoever opens the address in a browser.
pub(crate) async fn welcome() -> impl IntoResponse {
    concat!(
        "Handbill ",
        env!("CARGO_PKG_VERSION"),
        " is running.\n\n",
        "POST /generate           a picture, a carousel or a PDF from a template and data\n",
        "     /v1/…               templates, brand kits, fonts and renders\n",
        "GET  /openapi/v1.json    what can be asked there\n",
        "GET  /schema/template.v1.json   what a template may say\n",
        "GET  /licenses           the licences of the fonts\n",
        "GET  /healthz            whether the server is well\n",
    )
}

pub(crate) async fn template_schema() -> Json<Value> {
    Json(handbill_template::schema::schema())
}

/// Text, so that it can be read and kept as it is.
pub(crate) async fn licenses() -> impl IntoResponse {
    let licences = handbill_bundle::licences();
    let mut text = String::from("The fonts in this program and their licences.\n\n");
    for licence in licences {
        let _ = writeln!(text, "{} ({}): {}", licence.family, licence.spdx, licence.copyright);
    }
    for licence in licences {
        let _ =
            write!(text, "\n\n{}\n{}\n\n{}", licence.family, "=".repeat(licence.family.len()), licence.text.trim_end());
    }
    text.push('\n');
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text)
}

/// What a problem's `type` leads to.
pub(crate) async fn problem(Path(kind): Path<String>) -> Response {
    match ProblemKind::find(&kind) {
        Some(kind) => kind.explained().into_response(),
        None => {
            let known: Vec<&str> = ProblemKind::ALL.iter().map(|kind| kind.name()).collect();
            unrouted::not_found(&format!("There is no such kind of problem; there are {}", known.join(", ")))
        }
    }
}
