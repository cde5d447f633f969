//! The body of a render request, read without its template. Every fault of its shape is found.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::super::{BRAND_KEYS, BindError, BindFault, BindFaultKind};
use super::carousel::{self, Carousel};
use super::update::{self, Update};
use crate::warning::{Warning, WarningCode};

/// The values that `output` may have. Whether a build can make each of them is not known here.
pub const OUTPUTS: [&str; 6] = ["png", "jpg", "jpeg", "pdf", "webp", "avif"];

/// A render request whose shape is right.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// A template's numeric id or its slug.
    pub template_id: String,
    /// One of [`OUTPUTS`]; `png` when absent.
    pub output: String,
    /// `tool` says that it is a carousel.
    pub carousel_tool: bool,
    pub strict: bool,
    pub webhook_url: Option<String>,
    /// Echoed as it is.
    pub metadata: Option<Json>,
    pub branding: IndexMap<String, String>,
    /// The number or name of a brand that is kept; ours, not the contract's.
    pub brand_kit: Option<String>,
    pub updates: Vec<Update>,
    pub carousel: Option<Carousel>,
    /// Keys that mean nothing, and the like.
    pub warnings: Vec<Warning>,
}

const KEYS: [&str; 13] = [
    "template_id",
    "output",
    "tool",
    "strict",
    "webhook_url",
    "metadata",
    "branding",
    "brand_kit",
    "content_update",
    "carousel",
    "carousel_content",
    // Clients in the wild send these; they say nothing here.
    "token",
    "profile_id",
];

/// Reads a body. `tool_query` is `?tool=…` of the URL.
///
/// # Errors
/// Every fault of the shape, each with its place.
pub fn parse(body: &Json, tool_query: Option<&str>) -> Result<Request, BindError> {
    let Some(body) = body.as_object() else {
        return Err(vec![BindFault::new(BindFaultKind::Shape, "", "the body must be a JSON object")].into());
    };
    let mut reader = Reader { faults: Vec::new(), warnings: Vec::new() };
    let template_id = reader.template_id(body.get("template_id"));
    let output = reader.output(body.get("output"));
    let carousel_tool = reader.tool(body.get("tool"), tool_query);
    let request = Request {
        template_id,
        output,
        carousel_tool,
        strict: reader.flag("strict", body.get("strict")),
        webhook_url: reader.optional_text("webhook_url", body.get("webhook_url")),
        metadata: body.get("metadata").filter(|metadata| !metadata.is_null()).cloned(),
        branding: reader.branding(body.get("branding")),
        brand_kit: match body.get("brand_kit") {
            Some(Json::Number(number)) => Some(number.to_string()),
            other => reader.optional_text("brand_kit", other),
        },
        updates: update::parse_list(&mut reader, "content_update", body.get("content_update")),
        carousel: carousel::parse(&mut reader, body),
        warnings: Vec::new(),
    };
    for key in body.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        reader.warn(WarningCode::UnknownLabel, key, format!("'{key}' is not known and ignored"));
    }
    if reader.faults.is_empty() {
        Ok(Request { warnings: reader.warnings, ..request })
    } else {
        Err(reader.faults.into())
    }
}

/// Collects what is wrong while a body is read.
pub(super) struct Reader {
    faults: Vec<BindFault>,
    warnings: Vec<Warning>,
}

impl Reader {
    pub(super) fn fault(&mut self, place: &str, message: impl Into<String>) {
        self.faults.push(BindFault::new(BindFaultKind::Shape, place, message));
    }

    pub(super) fn warn(&mut self, code: WarningCode, label: &str, message: String) {
        self.warnings.push(Warning::new(code, message).for_label(label));
    }

    fn template_id(&mut self, value: Option<&Json>) -> String {
        match value {
            Some(Json::String(id)) if !id.trim().is_empty() => return id.trim().to_owned(),
            Some(Json::Number(id)) if id.is_i64() || id.is_u64() => return id.to_string(),
            None | Some(Json::Null | Json::String(_)) => self.fault("template_id", "template_id is required"),
            Some(_) => self.fault("template_id", "template_id must be a string or an integer"),
        }
        String::new()
    }

    fn output(&mut self, value: Option<&Json>) -> String {
        match value {
            None | Some(Json::Null) => return "png".to_owned(),
            Some(Json::String(output)) if OUTPUTS.contains(&output.to_ascii_lowercase().as_str()) => {
                return output.to_ascii_lowercase();
            }
            Some(other) => {
                self.fault("output", format!("output must be one of {}, not {other}", OUTPUTS.join(", ")));
            }
        }
        String::new()
    }

    /// Only `carousel-maker` means something; the body wins over the query.
    fn tool(&mut self, value: Option<&Json>, query: Option<&str>) -> bool {
        let tool = match value {
            None | Some(Json::Null) => query.unwrap_or_default(),
            Some(Json::String(tool)) if tool.trim().is_empty() => query.unwrap_or_default(),
            Some(Json::String(tool)) => tool,
            Some(other) => {
                self.warn(WarningCode::InvalidValue, "tool", format!("tool {other} is not known and ignored"));
                ""
            }
        };
        match tool.trim() {
            "carousel-maker" => true,
            "" => false,
            other => {
                let message = format!("the tool '{other}' is not known and ignored; there is 'carousel-maker'");
                self.warn(WarningCode::InvalidValue, "tool", message);
                false
            }
        }
    }

    fn flag(&mut self, key: &str, value: Option<&Json>) -> bool {
        match value {
            None | Some(Json::Null) => false,
            Some(Json::Bool(flag)) => *flag,
            Some(_) => {
                self.fault(key, format!("{key} must be true or false"));
                false
            }
        }
    }

    fn optional_text(&mut self, key: &str, value: Option<&Json>) -> Option<String> {
        match value {
            None | Some(Json::Null) => None,
            Some(Json::String(text)) => Some(text.clone()),
            Some(_) => {
                self.fault(key, format!("{key} must be a string"));
                None
            }
        }
    }

    fn branding(&mut self, value: Option<&Json>) -> IndexMap<String, String> {
        let empty = Map::new();
        let branding = match value {
            None | Some(Json::Null) => &empty,
            Some(Json::Object(branding)) => branding,
            Some(_) => {
                self.fault("branding", "branding must be an object");
                &empty
            }
        };
        let mut read = IndexMap::new();
        for (key, value) in branding {
            if !BRAND_KEYS.contains(&key.as_str()) {
                let message = format!("branding.{key} is not known and ignored; there are {}", BRAND_KEYS.join(", "));
                self.warn(WarningCode::UnknownLabel, &format!("branding.{key}"), message);
                continue;
            }
            match value {
                Json::Null => {}
                Json::String(text) => _ = read.insert(key.clone(), text.clone()),
                Json::Number(number) => _ = read.insert(key.clone(), number.to_string()),
                _ => self.fault(&format!("branding.{key}"), format!("branding.{key} must be a string")),
            }
        }
        read
    }
}
