//! `Authorization: Bearer …`, the same for every family. The token is never logged.

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::actions::token::{Authenticated, authenticate};
use crate::actions::{ActionError, Kind, Result};
use crate::app::App;

/// Whoever sent the request. What their token opens is for the family to ask.
pub(super) async fn authenticated(parts: &Parts, app: &App) -> Result<Authenticated> {
    let sent = parts.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok()).and_then(bearer);
    let missing = || ActionError::new(Kind::Unauthorized, "Invalid or missing Bearer token");
    authenticate(app, sent.ok_or_else(missing)?).await
}

/// The token of a header's value. The scheme's case does not matter (RFC 9110, 11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::bearer;

    #[test]
    fn only_bearer_tokens_are_read() {
        for (header, token) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Basic abc", None),
            ("Bearerabc", None),
            ("abc", None),
            ("", None),
        ] {
            assert_eq!(bearer(header), token, "{header}");
        }
    }
}
