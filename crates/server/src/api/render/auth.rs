//! `Authorization: Bearer …` on every request of the Render API. The token is never logged.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::errors::ErrorBody;
use crate::actions::token::{Authenticated, authenticate};
use crate::actions::{ActionError, Kind};
use crate::app::App;
use crate::store::token::Scope;

/// Whoever sent the request, with a token that opens this family.
pub(crate) struct Caller(pub(crate) Authenticated);

impl FromRequestParts<App> for Caller {
    type Rejection = ErrorBody;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, ErrorBody> {
        let sent = parts.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok()).and_then(bearer);
        let caller = authenticate(app, sent.ok_or_else(ErrorBody::unauthorized)?).await?;
        if !caller.token.scopes.allow(Scope::Render) {
            let message = "This token does not open the Render API; make one with the scope render";
            return Err(ActionError::new(Kind::Forbidden, message).into());
        }
        Ok(Caller(caller))
    }
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
