//! API tokens: making, listing, revoking them, and telling who sends one.

mod plain;

use std::collections::BTreeMap;
use std::sync::Mutex;

use url::Url;

use super::patience::Patience;
use super::{ActionError, Field, Kind, Page, Result};
use crate::app::App;
use crate::clock;
use crate::config::Secret;
use crate::random::{self, BASE64};
use crate::store::Whose;
use crate::store::account::{self, Account};
use crate::store::token::{self, NewToken, Scopes, Token};
pub use plain::PlainToken;

const MAX_NAME_CHARS: usize = 200;
const MAX_URL_CHARS: usize = 2000;
/// The last use is kept to the minute: not every request is worth a write.
const USE_STEP_MS: i64 = 60_000;

#[derive(Clone, Debug)]
pub struct CreateToken {
    pub account_id: i64,
    pub name: String,
    pub scopes: Scopes,
    /// Where results are announced.
    pub webhook_url: Option<String>,
    pub expires_at_ms: Option<i64>,
}

/// A token that was just made: the only moment at which it is known in full.
#[derive(Clone, Debug)]
pub struct CreatedToken {
    pub token: Token,
    pub plain: PlainToken,
}

/// Who sent a request.
#[derive(Clone, Debug)]
pub struct Authenticated {
    pub account: Account,
    pub token: Token,
}

pub async fn create_token(app: &App, input: CreateToken) -> Result<CreatedToken> {
    let (new, plain) = checked(input, clock::now_ms())?;
    let account_id = new.account_id;
    let mut tx = app.db.begin().await?;
    let token = match token::insert(&mut tx, new).await {
        Err(e) if e.is_foreign_key_violation() => {
            return Err(ActionError::new(Kind::NotFound, format!("there is no account {account_id}")));
        }
        inserted => inserted?,
    };
    tx.commit().await?;
    Ok(CreatedToken { token, plain })
}

/// By number, beginning after `after`; with the expired and revoked ones.
pub async fn list_tokens(app: &App, whose: Whose, after: i64, limit: i64) -> Result<Page<Token>> {
    let limit = limit.clamp(1, Page::<Token>::MAX_LIMIT);
    let rows = token::list(&mut app.db.read().await?, whose, after, limit + 1).await?;
    Ok(Page::of(rows, limit, |token| token.id))
}

/// From now on it opens nothing. Revoking it again changes nothing.
pub async fn revoke_token(app: &App, whose: Whose, id: i64) -> Result<Token> {
    let mut tx = app.db.begin().await?;
    let revoked = token::revoke(&mut tx, whose, id, clock::now_ms()).await?;
    let revoked = revoked.ok_or_else(|| ActionError::new(Kind::NotFound, format!("there is no token {id}")))?;
    tx.commit().await?;
    Ok(revoked)
}

/// The account and token behind a text that somebody sent. All that are not good get the same answer.
pub async fn authenticate(app: &App, sent: &str) -> Result<Authenticated> {
    let refused = || ActionError::new(Kind::Unauthorized, "Invalid or missing Bearer token");
    // A typo is found by the checksum, before the database is asked.
    let plain = PlainToken::parse(sent).ok_or_else(refused)?;
    let now_ms = clock::now_ms();
    let mut patience = Patience::new(app);
    let found = loop {
        match find_authenticated(app, &plain, now_ms).await {
            Err(error) if patience.outlasts(&error).await => {}
            outcome => break outcome?,
        }
    };
    let Authenticated { account, token } = found.ok_or_else(refused)?;
    if app.last_use.is_due(token.id, now_ms) {
        note_use(app.clone(), token.id, now_ms);
    }
    Ok(Authenticated { account, token })
}

async fn find_authenticated(app: &App, plain: &PlainToken, now_ms: i64) -> Result<Option<Authenticated>> {
    let mut conn = app.db.read().await?;
    let token = token::find_by_hash(&mut conn, plain.sha256()).await?;
    let Some(token) = token.filter(|token| token.is_valid(now_ms)) else { return Ok(None) };
    let account = account::find(&mut conn, token.account_id).await?;
    Ok(account.map(|account| Authenticated { account, token }))
}

/// Writes beside the request: it neither waits for the write nor fails with it.
fn note_use(app: App, token_id: i64, now_ms: i64) {
    tokio::spawn(async move {
        let noted = async {
            let mut tx = app.db.begin().await?;
            token::note_use(&mut tx, token_id, now_ms, now_ms - USE_STEP_MS + 1).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!(token_id, %error, "could not note when a token was last used");
        }
    });
}

/// When this process last noted a use, by token: so that it writes once a minute at most, also while writing fails.
#[derive(Default)]
pub(crate) struct LastUse(Mutex<BTreeMap<i64, i64>>);

impl LastUse {
    /// True at most once a minute for a token.
    fn is_due(&self, token_id: i64, now_ms: i64) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let due = noted.get(&token_id).is_none_or(|last| now_ms - last >= USE_STEP_MS || now_ms < *last);
        if due {
            noted.insert(token_id, now_ms);
        }
        due
    }
}

/// The input as it is kept with the token it makes, or everything that is wrong with it.
pub(super) fn checked(input: CreateToken, now_ms: i64) -> Result<(NewToken, PlainToken)> {
    let name = input.name.trim().to_owned();
    let mut faults = Vec::new();
    faults.extend(super::text_fault("name", &name, MAX_NAME_CHARS));
    if name.is_empty() {
        faults.push(Field::new("name", "can't be blank"));
    }
    if let Some(Err(message)) = input.webhook_url.as_deref().map(check_webhook_url) {
        faults.push(Field::new("webhook_url", message));
    }
    if input.expires_at_ms.is_some_and(|end| end <= now_ms) {
        faults.push(Field::new("expires_at", "lies in the past"));
    }
    if !faults.is_empty() {
        return Err(ActionError::invalid(faults));
    }
    let plain = PlainToken::generate();
    let new = NewToken {
        account_id: input.account_id,
        name,
        sha256: plain.sha256(),
        prefix: plain.prefix().to_owned(),
        scopes: input.scopes,
        webhook_url: input.webhook_url,
        webhook_secret: webhook_secret(),
        created_at_ms: now_ms,
        expires_at_ms: input.expires_at_ms,
    };
    Ok((new, plain))
}

/// `whsec_` and 192 random bits in Base64, as Standard Webhooks writes them.
fn webhook_secret() -> Secret {
    Secret::new(format!("whsec_{}", random::spell(&random::bytes::<24>(), BASE64)))
}

/// Only its form: whether the address may be reached is checked each time something is sent.
pub(super) fn check_webhook_url(text: &str) -> std::result::Result<(), String> {
    if text.len() > MAX_URL_CHARS {
        return Err(format!("is longer than {MAX_URL_CHARS} characters"));
    }
    let example = "write one like https://example.com/hooks";
    let url = Url::parse(text).map_err(|why| format!("is not an address ({why}); {example}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("does not begin with http:// or https://; {example}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
