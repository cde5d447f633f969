//! `/v1/tokens`: the account's tokens. Each is shown in full once, when it is made.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Caller, Manage};
use super::json::Body;
use super::paging::{ListView, Paging, PagingParams};
use super::problem::Problem;
use crate::actions::token::{self, CreateToken};
use crate::actions::{ActionError, Field};
use crate::app::App;
use crate::clock;
use crate::store::Whose;
use crate::store::token::{Scopes, Token};

#[derive(Serialize, ToSchema)]
pub(crate) struct TokenView {
    id: i64,
    name: String,
    /// Its first letters, to tell tokens apart.
    #[schema(example = "hb_7k2m9q")]
    prefix: String,
    /// What it opens: `all`, or some of `render`, `batch`, `content_requests`, `manage`.
    scopes: Vec<String>,
    webhook_url: Option<String>,
    created_at: String,
    expires_at: Option<String>,
    /// To the minute.
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedTokenView {
    #[serde(flatten)]
    view: TokenView,
    /// The token itself. It is never shown again.
    token: String,
    /// Signs what is sent to `webhook_url`.
    webhook_secret: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateTokenBody {
    /// What it is for.
    name: String,
    /// What it opens, no more than the token that makes it; the same as that one if nothing is said.
    scopes: Option<Vec<String>>,
    /// Where results are announced.
    webhook_url: Option<String>,
    /// RFC 3339; without it the token does not expire.
    #[schema(example = "2027-01-31T12:00:00Z")]
    expires_at: Option<String>,
}

impl From<Token> for TokenView {
    fn from(token: Token) -> TokenView {
        TokenView {
            id: token.id,
            name: token.name,
            prefix: token.prefix,
            scopes: token.scopes.to_string().split(' ').map(str::to_owned).collect(),
            webhook_url: token.webhook_url,
            created_at: clock::rfc3339(token.created_at_ms),
            expires_at: token.expires_at_ms.map(clock::rfc3339),
            last_used_at: token.last_used_at_ms.map(clock::rfc3339),
            revoked_at: token.revoked_at_ms.map(clock::rfc3339),
        }
    }
}

/// Make a token
#[utoipa::path(
    post, path = "/v1/tokens", tag = "Tokens", request_body = CreateTokenBody,
    responses((status = CREATED, body = CreatedTokenView), Problem)
)]
pub(crate) async fn create_token(
    State(app): State<App>,
    caller: Caller<Manage>,
    Body(body): Body<CreateTokenBody>,
) -> Result<(StatusCode, Json<CreatedTokenView>), Problem> {
    let input = CreateToken {
        account_id: caller.account_id(),
        name: body.name,
        scopes: scopes(body.scopes.as_deref(), &caller.who.token.scopes)?,
        webhook_url: body.webhook_url,
        expires_at_ms: body.expires_at.as_deref().map(time).transpose()?,
    };
    let made = token::create_token(&app, input).await?;
    let view = CreatedTokenView {
        token: made.plain.reveal().to_owned(),
        webhook_secret: made.token.webhook_secret.reveal().to_owned(),
        view: made.token.into(),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// A token never opens more than the one that made it.
fn scopes(asked: Option<&[String]>, own: &Scopes) -> Result<Scopes, ActionError> {
    let wrong = |message: String| ActionError::invalid(vec![Field::new("scopes", message)]);
    let Some(asked) = asked else { return Ok(own.clone()) };
    let asked: Scopes = asked.join(" ").parse().map_err(|why| wrong(format!("cannot be taken: {why}")))?;
    if own.include(&asked) {
        Ok(asked)
    } else {
        Err(wrong(format!("go beyond those of the token that was sent, which are {own}")))
    }
}

fn time(text: &str) -> Result<i64, ActionError> {
    clock::parse_rfc3339(text).ok_or_else(|| {
        ActionError::invalid(vec![Field::new("expires_at", "is no time; write one like 2027-01-31T12:00:00Z")])
    })
}

/// List tokens, also those that have expired or were revoked
#[utoipa::path(
    get, path = "/v1/tokens", tag = "Tokens", params(PagingParams),
    responses((status = OK, body = ListView<TokenView>), Problem)
)]
pub(crate) async fn list_tokens(
    State(app): State<App>,
    caller: Caller<Manage>,
    paging: Paging,
) -> Result<Json<ListView<TokenView>>, Problem> {
    let whose = Whose::Account(caller.account_id());
    let page = token::list_tokens(&app, whose, paging.after, paging.limit).await?;
    Ok(Json(ListView::of(page, TokenView::from)))
}

/// Revoke a token: from now on it opens nothing
#[utoipa::path(
    delete, path = "/v1/tokens/{token_id}", tag = "Tokens", params(("token_id" = i64, Path)),
    responses((status = OK, body = TokenView), Problem)
)]
pub(crate) async fn revoke_token(
    State(app): State<App>,
    caller: Caller<Manage>,
    Path(id): Path<String>,
) -> Result<Json<TokenView>, Problem> {
    let id = id.parse().unwrap_or(0); // no token has this number
    let revoked = token::revoke_token(&app, Whose::Account(caller.account_id()), id).await?;
    Ok(Json(revoked.into()))
}
