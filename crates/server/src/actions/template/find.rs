//! The one way to a template: by slug, alias or number, with a version (`slug@3`, `slug@1f0c9a`) or without.

use std::sync::Arc;

use handbill_db::Conn;
use handbill_template::nearest::nearest;
use handbill_template::{Compiled, read};

use super::super::draw::off_thread;
use super::super::{ActionError, Kind, Result};
use super::{Summary, files, summary};
use crate::app::App;
use crate::store::template::{self, TemplateRow, Version};
use crate::templates::{StoredTemplate, TemplateFiles, TemplateRef};

/// What a prepared template takes for a byte of its JSON, roughly.
const BYTES_PER_JSON_BYTE: usize = 12;
/// A shorter one would soon mean several versions.
const MIN_HASH_CHARS: usize = 6;

/// What a reference means, without what it says.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, for a moment")]
pub(super) enum Located {
    /// Kept by the account; the version is the one that is meant.
    Own(TemplateRow, Version),
    Starter(Arc<StoredTemplate>),
}

/// The template of an account that a reference means, ready to be filled.
pub async fn find(app: &App, account_id: i64, reference: &str) -> Result<Option<Arc<StoredTemplate>>> {
    let mut conn = app.db.read().await?;
    let located = locate(app, &mut conn, account_id, reference).await?;
    drop(conn);
    match located {
        None => Ok(None),
        Some(located) => load(app, &located).await.map(Some),
    }
}

/// The same, or an error that says what was probably meant.
pub async fn get(app: &App, account_id: i64, reference: &str) -> Result<Arc<StoredTemplate>> {
    match find(app, account_id, reference).await? {
        Some(stored) => Ok(stored),
        None => Err(unknown(app, account_id, reference).await?),
    }
}

/// What the template that a reference means is, without what it says.
pub async fn get_summary(app: &App, account_id: i64, reference: &str) -> Result<Summary> {
    let mut conn = app.db.read().await?;
    let located = locate(app, &mut conn, account_id, reference).await?;
    drop(conn);
    match located {
        Some(located) => Ok(summary(&located)),
        None => Err(unknown(app, account_id, reference).await?),
    }
}

/// What a located template says, prepared.
pub(super) async fn load(app: &App, located: &Located) -> Result<Arc<StoredTemplate>> {
    let (row, version) = match located {
        Located::Starter(starter) => return Ok(Arc::clone(starter)),
        Located::Own(row, version) => (row, version.version),
    };
    if let Some(stored) = app.templates.find(&(row.id, version)) {
        return Ok(stored);
    }
    let mut conn = app.db.read().await?;
    let content = template::content(&mut conn, row.id, version).await?.ok_or_else(gone)?;
    let refs = template::files(&mut conn, row.id, version).await?;
    drop(conn);
    let files = files::load(app, row.account_id, &refs).await?;
    let file_bytes: usize = files.values().map(|bytes| bytes.len()).sum();
    let json_bytes = content.len();
    let id = row.id;
    let stored = off_thread(move || {
        let template = read(&content).map_err(|faults| unreadable(&faults.to_string()))?;
        let compiled = Compiled::new(template).map_err(|error| unreadable(&error.to_string()))?;
        let files = TemplateFiles::Memory(Arc::new(files));
        Ok::<_, ActionError>(Arc::new(StoredTemplate::new(id, version, compiled, files)))
    })
    .await??;
    app.templates.put((id, version), Arc::clone(&stored), json_bytes * BYTES_PER_JSON_BYTE + file_bytes);
    Ok(stored)
}

/// Finds what a reference means in an account.
pub(super) async fn locate(app: &App, conn: &mut Conn, account_id: i64, reference: &str) -> Result<Option<Located>> {
    let reference = reference.trim();
    // PostgreSQL takes no NUL, and no name has one.
    if reference.contains('\0') {
        return Ok(None);
    }
    if let Some(named) = by_name(app, conn, account_id, reference).await? {
        return Ok(Some(named));
    }
    let Some((name, wanted)) = reference.rsplit_once('@') else { return Ok(None) };
    match by_name(app, conn, account_id, name).await? {
        None => Ok(None),
        Some(Located::Own(row, _)) => {
            let version = version_of(conn, &row, wanted).await?;
            Ok(version.map(|version| Located::Own(row, version)))
        }
        Some(Located::Starter(starter)) => {
            let is_meant =
                wanted == starter.version.to_string() || (is_hash(wanted) && starter.hash().starts_with(wanted));
            Ok(is_meant.then_some(Located::Starter(starter)))
        }
    }
}

/// The current version. The account's own stand before the starters; the copy of a starter goes by all its names.
async fn by_name(app: &App, conn: &mut Conn, account_id: i64, name: &str) -> Result<Option<Located>> {
    if let Some(number) = name.strip_prefix('#') {
        return by_number(app, conn, account_id, number).await;
    }
    let mut own = template::find(conn, account_id, name).await?;
    let starter = app.renderer.templates.find(&TemplateRef::Text(name.to_owned()));
    if own.is_none()
        && let Some(starter) = &starter
    {
        own = template::find(conn, account_id, starter.slug()).await?;
    }
    let Some(row) = own else { return Ok(starter.map(Located::Starter)) };
    let version = template::find_version(conn, row.id, row.version).await?;
    Ok(version.map(|version| Located::Own(row, version)))
}

/// `#7` is the template with the number, never one with the alias 7.
async fn by_number(app: &App, conn: &mut Conn, account_id: i64, number: &str) -> Result<Option<Located>> {
    let Ok(number) = number.parse::<i64>() else { return Ok(None) };
    if let Some(starter) = app.renderer.templates.iter().find(|starter| starter.id == number) {
        return Ok(Some(Located::Starter(Arc::clone(starter))));
    }
    let Some(row) = template::find_by_id(conn, account_id, number).await? else { return Ok(None) };
    let version = template::find_version(conn, row.id, row.version).await?;
    Ok(version.map(|version| Located::Own(row, version)))
}

async fn version_of(conn: &mut Conn, row: &TemplateRow, wanted: &str) -> Result<Option<Version>> {
    if let Ok(number) = wanted.parse::<i64>()
        && let Some(version) = template::find_version(conn, row.id, number).await?
    {
        return Ok(Some(version));
    }
    if !is_hash(wanted) {
        return Ok(None);
    }
    let mut found = template::find_versions_by_hash(conn, row.id, &wanted.to_ascii_lowercase()).await?;
    match found.len() {
        0 | 1 => Ok(found.pop()),
        _ => {
            let message = format!("{wanted} means several versions of '{}'; give more of the hash", row.slug);
            Err(ActionError::new(Kind::Invalid, message))
        }
    }
}

fn is_hash(text: &str) -> bool {
    (MIN_HASH_CHARS..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The error for a reference that means nothing.
pub(super) async fn unknown(app: &App, account_id: i64, reference: &str) -> Result<ActionError> {
    let mut conn = app.db.read().await?;
    let not_found = |message: String| Ok(ActionError::new(Kind::NotFound, message));
    let shown: String = reference.chars().take(100).collect();
    let name = reference.rsplit_once('@').map_or(reference, |(name, _)| name).trim();
    if name != reference.trim()
        && let Some(known) = locate(app, &mut conn, account_id, name).await?
    {
        let (slug, newest) = match &known {
            Located::Own(row, _) => (row.slug.as_str(), row.version),
            Located::Starter(starter) => (starter.slug(), starter.version),
        };
        return not_found(format!("There is no version '{shown}'; the newest of '{slug}' is {slug}@{newest}"));
    }
    let mut slugs = template::slugs(&mut conn, account_id).await?;
    slugs.extend(app.renderer.templates.iter().map(|starter| starter.slug().to_owned()));
    let hint = match nearest(name, slugs.iter().map(String::as_str)) {
        Some(slug) => format!("did you mean '{slug}'?"),
        None => format!("there are {}", some(&slugs)),
    };
    not_found(format!("There is no template '{shown}'; {hint}"))
}

/// As many as can be read at a glance.
fn some(slugs: &[String]) -> String {
    const MOST: usize = 8;
    let more = if slugs.len() > MOST { " and others" } else { "" };
    format!("{}{more}", slugs.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", "))
}

/// It was deleted between two looks.
fn gone() -> ActionError {
    ActionError::new(Kind::NotFound, "The template was deleted meanwhile")
}

fn unreadable(why: &str) -> ActionError {
    ActionError::new(Kind::Internal, "The template cannot be read any longer").because(why.to_owned())
}
