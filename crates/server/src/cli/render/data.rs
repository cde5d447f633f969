//! The data of `handbill render`: which of the three shapes a file has, and what it says beside the values.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use handbill_render::Format;
use handbill_template::bind::native::{self, NativeData};
use handbill_template::bind::{BindError, BindOptions, Bound, render_api};
use serde_json::{Map, Value};

use crate::json_fault;
use crate::templates::StoredTemplate;

pub(super) struct Request {
    values: Values,
    pub(super) format: Option<Format>,
    pub(super) size: Option<String>,
    pub(super) scale: Option<f64>,
    pub(super) locale: Option<String>,
    pub(super) strict: bool,
}

enum Values {
    /// The template's own samples.
    Sample,
    Native(Box<NativeData>),
    RenderApi(Box<render_api::Request>),
}

/// Keys that only a Render API body has.
const RENDER_API: [&str; 4] = ["template_id", "content_update", "carousel_content", "branding"];
/// Keys of a whole native request, beside `data`.
const NATIVE: [&str; 8] = ["template", "size", "format", "scale", "locale", "strict", "brand", "nodes"];

impl Request {
    pub(super) fn sample() -> Request {
        Request::of(Values::Sample)
    }

    fn of(values: Values) -> Request {
        Request { values, format: None, size: None, scale: None, locale: None, strict: false }
    }

    /// Reads a file, or standard input for `-`.
    pub(super) fn read(path: &Path, stored: &StoredTemplate) -> anyhow::Result<Request> {
        let text = if path == Path::new("-") {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("cannot read the data from standard input")?;
            text
        } else {
            if path.to_string_lossy().trim_start().starts_with('{') && !path.exists() {
                bail!("--data takes a file, not JSON itself; write it to a file, or pipe it in and give --data -");
            }
            std::fs::read_to_string(path).with_context(|| format!("cannot read the data in {}", path.display()))?
        };
        let json: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| anyhow!("{} is not valid JSON: {}", path.display(), json_fault::words(&error)))?;
        let Value::Object(body) = json else {
            bail!("{} must hold a JSON object, as in {{\"title\": \"…\"}}", path.display());
        };
        Request::parse(body, stored).with_context(|| path.display().to_string())
    }

    fn parse(mut body: Map<String, Value>, stored: &StoredTemplate) -> anyhow::Result<Request> {
        let is_field = |key: &str| stored.compiled.fields().document_field(key).is_some();
        if RENDER_API.iter().any(|key| body.contains_key(*key) && !is_field(key)) {
            body.insert("template_id".to_owned(), stored.slug().into());
            let request = render_api::parse(&Value::Object(body), None)?;
            let (strict, format) = (request.strict, format(&request.output)?);
            return Ok(Request { format: Some(format), strict, ..Request::of(Values::RenderApi(Box::new(request))) });
        }
        let is_whole = body.get("data").is_some_and(Value::is_object)
            && body.keys().all(|key| key == "data" || NATIVE.contains(&key.as_str()));
        if !is_whole {
            return Ok(Request::of(Values::Native(Box::new(NativeData::from_data(body)))));
        }
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        let asked = text("format").map(|name| format(&name)).transpose()?;
        let scale = body.get("scale").and_then(Value::as_f64);
        if scale.is_some_and(|scale| !(1.0..=4.0).contains(&scale)) {
            bail!("scale can be 1 to 4");
        }
        Ok(Request {
            format: asked,
            size: text("size"),
            scale,
            locale: text("locale"),
            strict: body.get("strict").and_then(Value::as_bool).unwrap_or(false),
            values: Values::Native(Box::new(NativeData::parse(&Value::Object(body))?)),
        })
    }

    pub(super) fn bind(&self, stored: &StoredTemplate, strict: bool, max_entries: usize) -> Result<Bound, BindError> {
        let options = BindOptions { strict, max_entries, ..BindOptions::default() };
        match &self.values {
            Values::Native(data) => native::bind(&stored.compiled, data, &options),
            Values::RenderApi(request) => render_api::bind(&stored.compiled, request, &options),
            Values::Sample => {
                let options = BindOptions { preview: true, ..options };
                native::bind(&stored.compiled, &NativeData::default(), &options)
            }
        }
    }
}

fn format(name: &str) -> anyhow::Result<Format> {
    Ok(match name {
        "png" => Format::Png,
        "jpg" | "jpeg" => Format::Jpeg,
        "pdf" => Format::Pdf,
        other => bail!("this version writes no {other}; it writes png, jpg and pdf"),
    })
}
