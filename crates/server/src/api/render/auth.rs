//! `Authorization: Bearer …` on every request of the Render API. The token is never logged.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::errors::ErrorBody;
use crate::actions::token::Authenticated;
use crate::actions::{ActionError, Kind};
use crate::api::bearer;
use crate::app::App;
use crate::store::token::Scope;

/// Whoever sent the request, with a token that opens this family.
pub(crate) struct Caller(pub(crate) Authenticated);

impl FromRequestParts<App> for Caller {
    type Rejection = ErrorBody;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, ErrorBody> {
        let caller = bearer::authenticated(parts, app).await?;
        if !caller.token.scopes.allow(Scope::Render) {
            let message = "This token does not open the Render API; make one with the scope render";
            return Err(ActionError::new(Kind::Forbidden, message).into());
        }
        Ok(Caller(caller))
    }
}
