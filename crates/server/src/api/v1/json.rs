//! A request's body as the type that a handler takes. A key that the type does not have, or a value of the wrong kind, is
//! a problem that names its place.

use axum::extract::{FromRequest, Request};
use handbill_template::nearest::nearest;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::problem::Problem;
use crate::actions::{ActionError, Field};
use crate::api::body::{self, BodyLimits};
use crate::app::App;

pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Body<T>, Problem> {
        let value = body::json(request, BodyLimits::from(&app.config.server)).await?;
        parse(value).map(Body)
    }
}

/// The value as `T`.
pub(crate) fn parse<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let name = pointer(error.path());
        let fault = fault(name, &error.inner().to_string());
        ActionError::invalid(vec![fault]).into()
    })
}

/// The place without a leading slash, `/` and `~` in keys escaped (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    let segments = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } | Segment::Enum { variant: key } => Some(key.replace('~', "~0").replace('/', "~1")),
        Segment::Unknown => None,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// serde's words in ours: ``unknown field `nmae`, expected one of `name`, …``.
fn fault(place: String, words: &str) -> Field {
    let mut quoted = words.split('`').skip(1).step_by(2);
    if words.starts_with("unknown field") || words.starts_with("unknown variant") {
        let given = quoted.next().unwrap_or_default();
        let known: Vec<&str> = quoted.collect();
        let suggestion = nearest(given, known.iter().copied()).map(str::to_owned);
        let hint = match &suggestion {
            Some(meant) => format!("did you mean '{meant}'?"),
            None => format!("there are {}", known.join(", ")),
        };
        return Field { suggestion, ..Field::new(place, format!("is not known here; {hint}")) };
    }
    if words.starts_with("missing field") {
        let missing = quoted.next().unwrap_or_default();
        let place = if place.is_empty() { missing.to_owned() } else { format!("{place}/{missing}") };
        return Field::new(place, "is required");
    }
    let words = words.replace("invalid type: ", "").replace("invalid value: ", "");
    let message = match words.split_once(", expected ") {
        Some((given, right)) => format!("must be {}, not {given}", right.replace("a sequence", "a list")),
        None => format!("cannot be taken: {words}"),
    };
    Field::new(place, message)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape counts")]
    struct Input {
        name: String,
        items: Option<Vec<Item>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape counts")]
    struct Item {
        count: u32,
    }

    #[test]
    fn faults_have_a_place_and_say_what_is_right() {
        for (value, name, message) in [
            (json!({ "nmae": "x" }), "nmae", "is not known here; did you mean 'name'?"),
            (json!({ "name": "x", "colour": 1 }), "colour", "is not known here; there are name, items"),
            (json!({}), "name", "is required"),
            (json!({ "name": 7 }), "name", "must be a string, not integer `7`"),
            (json!({ "name": "x", "items": {} }), "items", "must be a list, not map"),
            (json!({ "name": "x", "items": [{ "count": 1 }, {}] }), "items/1/count", "is required"),
            (json!({ "name": "x", "items": [{ "count": -1 }] }), "items/0/count", "must be u32, not integer `-1`"),
        ] {
            let error = serde_path_to_error::deserialize::<_, Input>(value.clone()).unwrap_err();
            let fault = fault(pointer(error.path()), &error.inner().to_string());
            assert_eq!((fault.name.as_str(), fault.message.as_str()), (name, message), "{value}");
        }
    }
}
