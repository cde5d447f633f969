//! Who sends a request, and that their token opens what they ask for: an extractor with the scope in its type, so that no
//! handler can forget to ask.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::problem::{Problem, ProblemKind};
use crate::actions::token::Authenticated;
use crate::api::bearer;
use crate::app::App;
use crate::store::token::Scope;

/// Whoever sent the request, with a token that has one of the scopes of `S`.
pub(crate) struct Caller<S> {
    pub(crate) who: Authenticated,
    scopes: PhantomData<S>,
}

/// What opens an operation: one scope of a list.
pub(crate) trait Opens {
    const SCOPES: &'static [Scope];
}

/// Changing what the account keeps: templates, brand kits, fonts, tokens.
pub(crate) struct Manage;

/// Rendering.
pub(crate) struct Render;

/// Reading what there is to render with; who renders must see it, too.
pub(crate) struct Read;

impl Opens for Manage {
    const SCOPES: &'static [Scope] = &[Scope::Manage];
}

impl Opens for Render {
    const SCOPES: &'static [Scope] = &[Scope::Render];
}

impl Opens for Read {
    const SCOPES: &'static [Scope] = &[Scope::Manage, Scope::Render];
}

impl<S> Caller<S> {
    pub(crate) fn account_id(&self) -> i64 {
        self.who.account.id
    }
}

impl<S: Opens> FromRequestParts<App> for Caller<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller<S>, Problem> {
        let who = bearer::authenticated(parts, app).await?;
        if S::SCOPES.iter().any(|scope| who.token.scopes.allow(*scope)) {
            return Ok(Caller { who, scopes: PhantomData });
        }
        let names: Vec<String> = S::SCOPES.iter().map(ToString::to_string).collect();
        let detail = format!("This token does not open this; make one with the scope {}", names.join(" or "));
        Err(Problem::new(ProblemKind::Forbidden, detail))
    }
}
