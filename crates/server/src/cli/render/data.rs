//! The data of `handbill render`: which of the three shapes a file has, and what it says beside the values.

use std::io::Read as _;
use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use handbill_render::{Compression, Format};
use handbill_template::bind::native::{self, NativeData};
use handbill_template::bind::{BindError, BindOptions, Bound, render_api};
use serde_json::{Map, Value};

use crate::actions::draw::format_named;
use crate::json_fault;
use crate::templates::StoredTemplate;

pub(super) struct Request {
    values: Values,
    pub(super) format: Option<Format>,
    pub(super) size: Option<String>,
    pub(super) scale: Option<f64>,
    pub(super) quality: Option<u8>,
    pub(super) compression: Option<Compression>,
    pub(super) transparent: bool,
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
const NATIVE: [&str; 11] = [
    "template",
    "size",
    "format",
    "scale",
    "quality",
    "compression",
    "transparent",
    "locale",
    "strict",
    "brand",
    "nodes",
];

impl Request {
    pub(super) fn sample() -> Request {
        Request::of(Values::Sample)
    }

    fn of(values: Values) -> Request {
        Request {
            values,
            format: None,
            size: None,
            scale: None,
            quality: None,
            compression: None,
            transparent: false,
            locale: None,
            strict: false,
        }
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
        let flag = |key: &str| body.get(key).and_then(Value::as_bool).unwrap_or(false);
        Ok(Request {
            format: text("format").map(|name| format(&name)).transpose()?,
            size: text("size"),
            scale: number(&body, "scale", 1.0..=4.0)?,
            quality: number(&body, "quality", 1.0..=100.0)?.map(|quality| quality.round() as u8),
            compression: text("compression").map(|name| compression(&name)).transpose()?,
            transparent: flag("transparent"),
            locale: text("locale"),
            strict: flag("strict"),
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

fn number(body: &Map<String, Value>, key: &str, range: RangeInclusive<f64>) -> anyhow::Result<Option<f64>> {
    let number = body.get(key).and_then(Value::as_f64);
    if number.is_some_and(|number| !range.contains(&number)) {
        bail!("{key} can be {} to {}", range.start(), range.end());
    }
    Ok(number)
}

fn format(name: &str) -> anyhow::Result<Format> {
    format_named(name).map_err(|why| anyhow!(why))
}

fn compression(name: &str) -> anyhow::Result<Compression> {
    let known = Compression::ALL.map(Compression::name).join(", ");
    Compression::named(name).with_context(|| format!("compression can be {known}, not {name}"))
}
