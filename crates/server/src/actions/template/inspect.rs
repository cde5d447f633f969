//! Looking at a template without drawing it: what does not work with its own samples, and what is wrong with data that is
//! to fill it.

use std::collections::BTreeSet;

use handbill_render::{Limits, Options, engine};
use handbill_template::bind::native::{self, NativeData};
use handbill_template::bind::{BindFault, BindOptions, Bound};
use handbill_template::resolve::{ResolveLimits, ResolveOptions, SizeChoice};
use handbill_template::{Warning, resolve};
use serde_json::{Map, Value};

use super::super::draw::is_url;
use super::super::{ActionError, Field, Kind, Result};
use crate::templates::StoredTemplate;

/// What data came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Why it could not be rendered: empty when it could.
    pub faults: Vec<Field>,
    /// What would come out otherwise than asked for.
    pub warnings: Vec<Warning>,
}

/// Fills a template with its samples at every size, as far as that goes without drawing: what cannot be resolved or drawn,
/// and files that are not there.
pub(crate) fn problems(stored: &StoredTemplate) -> Vec<String> {
    let options = BindOptions { preview: true, ..BindOptions::default() };
    let bound = match native::bind(&stored.compiled, &NativeData::default(), &options) {
        Ok(bound) => bound,
        Err(error) => return vec![format!("its samples: {error}")],
    };
    let mut found = BTreeSet::new();
    let named = stored.template().sizes.keys().map(|name| SizeChoice::Named(name.clone()));
    for size in std::iter::once(SizeChoice::Canvas).chain(named) {
        let options = ResolveOptions { size, ..ResolveOptions::default() };
        match resolve(&stored.compiled, &bound, &options) {
            Ok(resolution) => {
                let document = resolution.document;
                found.extend(engine::check(&document, &Options::default()).err().map(|error| error.to_string()));
                let files = document.assets().into_iter().filter(|asset| !is_url(asset));
                found.extend(files.filter_map(|asset| stored.files.read(&asset.0).err()));
            }
            Err(error) => _ = found.insert(error.to_string()),
        }
    }
    found.into_iter().collect()
}

/// Checks a native request (`data`, `brand`, `nodes`, `size`, `locale`, `strict`) without drawing anything: labels, values,
/// required fields, numbers of entries, and whether a document comes of it within the limits.
///
/// # Errors
/// When the request has another shape than it must have.
pub fn check_data(stored: &StoredTemplate, body: &Map<String, Value>, limits: &Limits) -> Result<Checked> {
    let native = NativeData::parse(&Value::Object(body.clone())).map_err(|error| refused(&error.faults))?;
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let strict = body.get("strict").and_then(Value::as_bool).unwrap_or(false);
    let options = BindOptions { strict, max_entries: limits.max_slides, ..BindOptions::default() };
    let bound = match native::bind(&stored.compiled, &native, &options) {
        Ok(bound) => bound,
        Err(error) => {
            let faults = error.faults.iter().map(field_of).collect();
            return Ok(Checked { faults, warnings: error.warnings });
        }
    };
    Ok(resolved(stored, &bound, text("size").unwrap_or_default(), text("locale"), limits))
}

fn resolved(stored: &StoredTemplate, bound: &Bound, size: &str, locale: Option<&str>, limits: &Limits) -> Checked {
    let options = ResolveOptions {
        size: SizeChoice::parse(size),
        locale: locale.map(str::to_owned),
        limits: ResolveLimits {
            max_slides: limits.max_slides,
            max_nodes: limits.max_nodes,
            max_text_chars: limits.max_text_chars,
            max_output_pixels: limits.max_output_pixels,
            scale: 1.0,
        },
    };
    match resolve(&stored.compiled, bound, &options) {
        Ok(resolution) => Checked { faults: Vec::new(), warnings: resolution.warnings },
        Err(error) => {
            let place = if error.to_string().contains("size") { "size" } else { "data" };
            Checked { faults: vec![Field::new(place, error.to_string())], warnings: bound.warnings.clone() }
        }
    }
}

fn refused(faults: &[BindFault]) -> ActionError {
    let message = faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; ");
    ActionError::new(Kind::Invalid, message).with_fields(faults.iter().map(field_of).collect())
}

/// A fault with its place as a pointer: `data.slides[0].title` is `data/slides/0/title`. What is missing stands nowhere, so
/// its place is where it would be.
pub(crate) fn field_of(fault: &BindFault) -> Field {
    let place = match (fault.place.as_str(), fault.label.as_deref()) {
        ("", Some(label)) => format!("data.{label}"),
        (place, _) => place.to_owned(),
    };
    let missing = fault.place.is_empty();
    let message = if missing { format!("{} is required", fault.message) } else { fault.message.clone() };
    Field::new(pointer(&place), message)
}

pub(crate) fn pointer(place: &str) -> String {
    let escaped = place.replace('~', "~0").replace('/', "~1");
    escaped.replace("].", "/").replace(['.', '['], "/").replace(']', "")
}

#[cfg(test)]
mod tests {
    use handbill_template::{Compiled, read_value};
    use serde_json::json;

    use super::*;
    use crate::templates::TemplateFiles;

    fn card() -> StoredTemplate {
        let json = json!({
            "format": 1, "id": "card", "canvas": { "width": 100, "height": 100 },
            "sizes": { "wide": { "width": 200, "height": 100 } },
            "fields": [
                { "key": "title", "type": "text", "required": true, "maxLength": 5 },
                { "key": "count", "type": "number" },
            ],
            "slides": [{ "id": "only", "children": [
                { "type": "text", "id": "t", "text": "{{title}} {{count}}", "width": 50 },
                { "type": "image", "id": "i", "src": "assets/none.png", "width": 5, "height": 5, "alt": "" },
            ] }],
        });
        let compiled = Compiled::new(read_value(json).unwrap_or_else(|faults| panic!("{faults}"))).unwrap();
        StoredTemplate::new(0, 0, compiled, TemplateFiles::Embedded(&[]))
    }

    fn checked(body: &Value) -> Checked {
        check_data(&card(), body.as_object().unwrap(), &Limits::default()).unwrap()
    }

    #[test]
    fn data_is_checked_with_places_and_what_was_meant() {
        let good = checked(&json!({ "data": { "title": "Hi", "count": 3 } }));
        assert_eq!((good.faults.len(), good.warnings.len()), (0, 0), "{good:?}");
        let missing = checked(&json!({ "data": { "titel": "Hi" } }));
        assert_eq!(missing.faults[0].name, "data/title");
        assert!(missing.warnings[0].message.contains("did you mean 'title'?"), "{missing:?}");
        let strict = checked(&json!({ "data": { "title": "Hi", "cuont": 1 }, "strict": true }));
        assert_eq!(strict.faults[0].name, "data/cuont");
        let size = checked(&json!({ "data": { "title": "Hi" }, "size": "wied" }));
        assert!(size.faults[0].name == "size" && size.faults[0].message.contains("wide"), "{size:?}");
        let shape = check_data(&card(), json!({ "data": [] }).as_object().unwrap(), &Limits::default()).unwrap_err();
        assert_eq!(shape.fields[0].name, "data");
    }

    #[test]
    fn places_become_pointers() {
        for (place, expected) in [
            ("data.title", "data/title"),
            ("data.slides[0].title", "data/slides/0/title"),
            ("data.slides[12]", "data/slides/12"),
            ("", ""),
        ] {
            assert_eq!(pointer(place), expected);
        }
    }

    #[test]
    fn missing_files_are_problems() {
        let problems = problems(&card());
        assert!(problems.iter().any(|problem| problem.contains("assets/none.png")), "{problems:?}");
    }
}
