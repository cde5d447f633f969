//! Reading a template: JSON text in, a [`Template`] out, or every fault there is.
//!
//! In order: parse (no key twice, bounded depth), migrate to the newest format, check the shape against the
//! generated schema, build the Rust values, check what names and expressions mean. A later step runs only
//! when the earlier ones found nothing, because its faults would be echoes of theirs.

mod locate;
mod parse;
mod shape;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use shape::{Leaf, check_property, check_shape};

use serde::Deserialize;
use serde_json::Value;

use crate::check::check_meaning;
use crate::document::Template;
use crate::fault::{Fault, FaultKind, Faults};
use crate::limits::MAX_FAULTS;
use crate::migrate::migrate;

/// Reads a `template.json`.
///
/// # Errors
/// All faults of the first step that finds any, each with its path, line and column.
pub fn read(json: &str) -> Result<Template, Faults> {
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    let document = parse::parse(json).map_err(|faults| placed(faults, json))?;
    let (document, migrated) = migrate(document).map_err(|faults| placed(faults, json))?;
    check_value(&document).map_err(|faults| if migrated { faults } else { placed(faults, json) })
}

/// Reads a template that has been parsed already, from a request's body for example. Faults have no lines.
///
/// # Errors
/// All faults of the first step that finds any, each with its path.
pub fn read_value(document: Value) -> Result<Template, Faults> {
    let (document, _) = migrate(document)?;
    check_value(&document)
}

/// Checks a template that was built by code, an importer for example: everything that [`read`] checks.
///
/// # Errors
/// All faults, each with its path.
pub fn check(template: &Template) -> Result<(), Faults> {
    let document = serde_json::to_value(template).map_err(|error| unexpected(&error))?;
    check_value(&document).map(|_| ())
}

fn check_value(document: &Value) -> Result<Template, Faults> {
    let (faults, leaves) = check_shape(document);
    if !faults.is_empty() {
        return Err(bounded(faults));
    }
    let template = Template::deserialize(document).map_err(|error| unexpected(&error))?;
    let faults = check_meaning(&template, &leaves);
    if faults.is_empty() { Ok(template) } else { Err(bounded(faults)) }
}

/// What the schema accepts and serde does not: a mistake of ours, but still an answer.
fn unexpected(error: &serde_json::Error) -> Faults {
    Fault::new(FaultKind::WrongValue, "", format!("the template cannot be read: {error}")).into()
}

/// The first faults, and how many more there are.
fn bounded(mut faults: Vec<Fault>) -> Faults {
    let count = faults.len();
    if count > MAX_FAULTS {
        faults.truncate(MAX_FAULTS);
        let message = format!("and {} more faults", count - MAX_FAULTS);
        faults.push(Fault::new(FaultKind::TooLarge, "", message));
    }
    Faults(faults)
}

fn placed(faults: Faults, json: &str) -> Faults {
    let mut faults = bounded(faults.0);
    if faults.0.iter().any(|fault| fault.line.is_none()) {
        locate::locate(json, &mut faults.0);
    }
    faults
}
