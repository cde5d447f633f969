//! Old formats to the newest: one pure step per format, applied to the JSON value before it is checked.

use serde_json::Value;

use crate::document::FORMAT;
use crate::fault::{Fault, FaultKind, Faults};

/// Takes a document of format n to format n + 1. `STEPS[0]` starts from format 1.
type Step = fn(Value) -> Value;

const STEPS: [Step; FORMAT as usize - 1] = [];

/// The document in the newest format, and whether anything had to be done.
pub(crate) fn migrate(document: Value) -> Result<(Value, bool), Faults> {
    migrate_by(&STEPS, document)
}

fn migrate_by(steps: &[Step], mut document: Value) -> Result<(Value, bool), Faults> {
    let newest = steps.len() + 1;
    let Some(object) = document.as_object() else {
        let message = "a template is a JSON object: { \"format\": 1, … }";
        return Err(Fault::new(FaultKind::WrongValue, "", message).into());
    };
    let unknown = |message: String| Faults::from(Fault::new(FaultKind::UnknownFormat, "", message).about("format"));
    let format = match object.get("format") {
        None => return Err(unknown(format!("'format' is missing; a new template says \"format\": {newest}"))),
        Some(value) => match value.as_u64().and_then(|format| usize::try_from(format).ok()) {
            Some(format) if format > newest => {
                return Err(unknown(format!(
                    "'format' is {format}, and this version reads formats up to {newest}; use a newer Handbill"
                )));
            }
            Some(format) if format > 0 => format,
            _ => return Err(unknown(format!("'format' is {value}; it takes a whole number from 1 to {newest}"))),
        },
    };
    for (step, to) in steps.iter().zip(2u32..).skip(format - 1) {
        document = step(document);
        document["format"] = Value::from(to);
    }
    Ok((document, format < newest))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Step, migrate, migrate_by};

    #[test]
    fn refuses_formats_it_does_not_know() {
        for (document, message) in [
            (json!([]), "a template is a JSON object"),
            (json!({}), "'format' is missing"),
            (json!({ "format": 0 }), "'format' is 0; it takes a whole number from 1 to 1"),
            (json!({ "format": "1" }), "'format' is \"1\"; it takes"),
            (json!({ "format": 2 }), "use a newer Handbill"),
            (json!({ "format": 1.5 }), "it takes a whole number"),
        ] {
            let faults = migrate(document.clone()).expect_err(&document.to_string());
            assert!(faults.to_string().contains(message), "{document}: {faults}");
        }
    }

    #[test]
    fn applies_the_steps_that_are_left() {
        fn log(mut document: Value, step: &str) -> Value {
            let so_far = document["log"].as_str().unwrap_or_default().to_owned();
            document["log"] = Value::from(so_far + step);
            document
        }
        let steps: [Step; 2] = [|document| log(document, "1→2 "), |document| log(document, "2→3 ")];
        for (from, steps_taken) in [(1, json!("1→2 2→3 ")), (2, json!("2→3 ")), (3, Value::Null)] {
            let (document, changed) = migrate_by(&steps, json!({ "format": from })).expect("a known format");
            assert_eq!(document["format"], 3);
            assert_eq!(document.get("log").cloned().unwrap_or_default(), steps_taken);
            assert_eq!(changed, from < 3);
        }
    }
}
