//! Asking for a render: everything that can be wrong with it is found now; then the request and its job are kept in one
//! transaction, and from its commit on it will be done.

use handbill_db::Tx;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::request::RenderRequest;
use crate::actions::patience::Patience;
use crate::actions::token::check_webhook_url;
use crate::actions::{ActionError, Kind, Result};
use crate::app::App;
use crate::store::Whose;
use crate::store::idempotency::{self, KeyOf, Remembered};
use crate::store::render::{self as renders, NewRender, Origin, Render};
use crate::workers;
use crate::{clock, random};

/// How long the same key means the same request.
pub(crate) const REMEMBER_MS: i64 = 24 * 60 * 60 * 1000;
const MAX_KEY_CHARS: usize = 255;
/// Somebody waits for it.
const INTERACTIVE: i64 = 10;

/// What is asked for.
pub struct AskRender {
    pub account_id: i64,
    pub origin: Origin,
    pub request: RenderRequest,
    /// The same key and request within a day is the same render.
    pub idempotency_key: Option<String>,
    /// Somebody waits for it: it goes before the others.
    pub waits: bool,
}

/// A render that the queue has.
pub struct Asked {
    pub render: Render,
    /// It was asked for before, with the same key.
    pub again: bool,
}

/// Takes a render in.
///
/// # Errors
/// `NotFound` for a template that is not there, `Invalid` for all that is wrong with the request, `Full` when as many wait
/// already as may, `Reused` for a key that stands for another request.
pub async fn ask_render(app: &App, ask: AskRender) -> Result<Asked> {
    // One number for all tries: whether a commit whose answer was lost has taken it in can then be looked up.
    let id = Uuid::now_v7();
    let mut patience = Patience::new(app);
    let mut asked = ask_once(app, &ask, id).await;
    while let Err(error) = &asked
        && patience.outlasts(error).await
    {
        asked = match find_taken_in(app, ask.account_id, id).await {
            Ok(Some(render)) => Ok(Asked { render, again: false }),
            Ok(None) => ask_once(app, &ask, id).await,
            Err(error) => Err(error),
        };
    }
    asked
}

async fn find_taken_in(app: &App, account_id: i64, id: Uuid) -> Result<Option<Render>> {
    Ok(renders::find(&mut app.db.read().await?, Whose::Account(account_id), id).await?)
}

async fn ask_once(app: &App, ask: &AskRender, id: Uuid) -> Result<Asked> {
    let request = &ask.request;
    if let Some(url) = request.webhook_url() {
        check_webhook_url(url).map_err(|why| ActionError::new(Kind::Invalid, format!("webhook_url {why}")))?;
    }
    let key = ask.idempotency_key.as_deref().map(check_key).transpose()?;
    let body = serde_json::to_string(&request.body).unwrap_or_default();
    let remembered = key.map(|key| (key, Sha256::digest(&body).to_vec()));
    if let Some((key, sha256)) = &remembered
        && let Some(render) = find_again(app, ask, key, sha256).await?
    {
        return Ok(Asked { render, again: true });
    }
    let ready = request.ready(app, ask.account_id, request.template()).await?;
    let template_version = ready.stored.pinned();
    let slides = ready.slides(app).await?;
    let new = NewRender {
        id,
        account_id: ask.account_id,
        origin: ask.origin,
        template: request.template().to_owned(),
        template_version,
        request: body,
        metadata: request.metadata(),
        webhook_url: request.webhook_url().map(str::to_owned),
        output: request.output(),
        slides: i64::try_from(slides).unwrap_or(i64::MAX),
        seed: random::bytes(),
        created_at_ms: clock::now_ms(),
    };
    take_in(app, ask, new, remembered).await
}

async fn take_in(app: &App, ask: &AskRender, new: NewRender, remembered: Option<(&str, Vec<u8>)>) -> Result<Asked> {
    let mut tx = app.db.begin().await?;
    if let Some((key, sha256)) = remembered {
        let of = key_of(ask, key);
        let now_ms = new.created_at_ms;
        idempotency::delete_older(&mut tx, of, now_ms - REMEMBER_MS).await?;
        let made = Remembered { request_sha256: sha256.clone(), made: new.id.to_string(), created_at_ms: now_ms };
        if !idempotency::insert(&mut tx, of, &made).await? {
            // Another request with the key was quicker.
            drop(tx);
            return match find_again(app, ask, key, &sha256).await? {
                Some(render) => Ok(Asked { render, again: true }),
                None => Err(ActionError::new(Kind::Busy, "The same request is being taken in; try again")),
            };
        }
    }
    let render = enqueue(app, &mut tx, ask.waits, new).await?;
    tx.commit().await?;
    Ok(Asked { render, again: false })
}

async fn enqueue(app: &App, tx: &mut Tx, waits: bool, new: NewRender) -> Result<Render> {
    let mut job = workers::render::job(new.account_id, new.id, new.slides);
    if waits {
        job.priority = INTERACTIVE;
    }
    let job = app.queue.enqueue(tx, job).await?;
    Ok(renders::insert(tx, new, job).await?)
}

/// What the same request has made before.
async fn find_again(app: &App, ask: &AskRender, key: &str, sha256: &[u8]) -> Result<Option<Render>> {
    let mut conn = app.db.read().await?;
    let Some(found) = idempotency::find(&mut conn, key_of(ask, key)).await? else { return Ok(None) };
    if found.created_at_ms < clock::now_ms() - REMEMBER_MS {
        return Ok(None);
    }
    if found.request_sha256 != sha256 {
        let message = "This Idempotency-Key was used for another request; take a new key, or send the same body";
        return Err(ActionError::new(Kind::Reused, message));
    }
    let Ok(id) = found.made.parse() else { return Ok(None) };
    Ok(renders::find(&mut conn, Whose::Account(ask.account_id), id).await?)
}

fn key_of<'a>(ask: &AskRender, key: &'a str) -> KeyOf<'a> {
    KeyOf { account_id: ask.account_id, endpoint: ask.origin.name(), key }
}

fn check_key(key: &str) -> Result<&str> {
    let is_plain = key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if key.is_empty() || key.len() > MAX_KEY_CHARS || !is_plain {
        let message = format!("Idempotency-Key must have 1 to {MAX_KEY_CHARS} plain characters, such as a UUID");
        return Err(ActionError::new(Kind::Invalid, message));
    }
    Ok(key)
}
