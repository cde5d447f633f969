//! The header `Prefer` (RFC 7240): how long the sender wants to wait.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};

use crate::api::v1::problem::Problem;

const PREFER: HeaderName = HeaderName::from_static("prefer");
/// What of it was done.
pub(super) const APPLIED: HeaderName = HeaderName::from_static("preference-applied");
const LONGEST_WAIT: u64 = 60;

/// `wait=SECONDS`, at most a minute; what else is preferred is left aside.
pub(super) fn wait(headers: &HeaderMap) -> Result<Option<Duration>, Problem> {
    let texts = headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
    let preferences = texts.flat_map(|text| text.split([',', ';'])).filter_map(|one| one.split_once('='));
    let sent = preferences.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"));
    match sent.map(|(_, seconds)| seconds.trim().trim_matches('"').parse::<u64>()) {
        None | Some(Ok(0)) => Ok(None),
        Some(Ok(seconds)) => Ok(Some(Duration::from_secs(seconds.min(LONGEST_WAIT)))),
        Some(Err(_)) => {
            let message = format!("must say wait as a whole number of seconds, as in wait=10; {LONGEST_WAIT} at most");
            Err(Problem::parameter("Prefer", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_stands_among_other_preferences() {
        for (text, seconds) in [
            ("wait=10", Some(10)),
            ("respond-async, Wait = \"7\"", Some(7)),
            ("return=minimal; wait=900", Some(60)),
            ("respond-async", None),
            ("wait=0", None),
        ] {
            let headers = HeaderMap::from_iter([(PREFER, text.parse().unwrap())]);
            assert_eq!(wait(&headers).unwrap().map(|wait| wait.as_secs()), seconds, "{text}");
        }
        assert!(wait(&HeaderMap::from_iter([(PREFER, "wait=soon".parse().unwrap())])).is_err());
    }
}
