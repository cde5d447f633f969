//! Changes: creating, saving, duplicating, restoring and deleting templates. Every change is a new version; none is lost.

use handbill_db::Tx;
use handbill_template::document::Template;

use super::super::{ActionError, Field, Kind, Result, text_fault};
use super::content::{Content, headline_of, refs_of};
use super::find::{Located, locate, unknown};
use super::{Summary, files, summary};
use crate::app::App;
use crate::clock;
use crate::store::template::{self, Headline, NewVersion, TemplateRow};
use crate::templates::StoredTemplate;

/// Who wrote the first version of a starter's copy.
pub(super) const STARTER_AUTHOR: &str = "Handbill";
const MAX_NOTE_CHARS: usize = 1000;

/// Who makes a change, and why.
#[derive(Clone, Debug, Default)]
pub struct Author {
    /// A token's name, or where else it comes from.
    pub name: String,
    pub token_id: Option<i64>,
    pub note: Option<String>,
}

/// What came of saving.
#[derive(Clone, Debug)]
pub struct Saved {
    pub summary: Summary,
    /// False when the template was exactly so before: there is no new version then.
    pub changed: bool,
    /// The template is new in the account.
    pub created: bool,
}

/// What a duplicate is called.
#[derive(Clone, Debug, Default)]
pub struct NewName {
    /// The first free one of `SLUG-copy`, `SLUG-copy-2`, … when absent.
    pub slug: Option<String>,
    pub name: Option<String>,
}

/// Keeps a template under a name that is still free.
pub async fn create_template(app: &App, account_id: i64, content: &Content, by: &Author) -> Result<Summary> {
    check_note(by)?;
    files::keep(app, account_id, &content.files, &content.file_refs()).await?;
    let mut tx = app.db.begin().await?;
    let slug = &content.template.id;
    if app.renderer.templates.iter().any(|starter| starter.slug() == slug) {
        let message = format!("There is a starter '{slug}' already; change it with PUT, or choose another id");
        return Err(ActionError::new(Kind::Conflict, message));
    }
    let row = insert(&mut tx, account_id, content, by).await?;
    tx.commit().await?;
    Ok(row.into())
}

/// Makes the content the newest version of the template that the reference means. `if_match` is what the caller takes it to
/// be before: its [tag](tag_of).
pub async fn update_template(
    app: &App,
    account_id: i64,
    reference: &str,
    content: &Content,
    by: &Author,
    if_match: Option<&str>,
) -> Result<Saved> {
    check_note(by)?;
    let located = located(app, account_id, reference).await?;
    if let Located::Starter(starter) = &located {
        keep_starter(app, account_id, starter).await?;
    }
    files::keep(app, account_id, &content.files, &content.file_refs()).await?;
    let mut tx = app.db.begin().await?;
    // Again, now that nobody else can change it.
    let located = locate(app, &mut tx, account_id, reference).await?.ok_or_else(gone)?;
    check_match(&located, if_match)?;
    let saved = match located {
        Located::Own(row, _) => {
            let row = template::lock(&mut tx, account_id, row.id).await?.ok_or_else(gone)?;
            check_tag(&tag(row.version, &row.hash), if_match)?;
            add_version(&mut tx, &row, content, by).await?
        }
        Located::Starter(starter) if starter.hash() == content.hash => {
            Saved { summary: summary(&Located::Starter(starter)), changed: false, created: false }
        }
        Located::Starter(starter) => {
            let row = copy_starter(&mut tx, account_id, &starter).await?;
            Saved { created: true, ..add_version(&mut tx, &row, content, by).await? }
        }
    };
    tx.commit().await?;
    Ok(saved)
}

/// Keeps a template under its own slug, as a new one or as the newest version of the one that has it.
pub async fn save_template(app: &App, account_id: i64, content: &Content, by: &Author) -> Result<Saved> {
    let slug = content.template.id.clone();
    let mut conn = app.db.read().await?;
    // A slug, not another name: an alias of another template must not be overwritten.
    let is_there = match locate(app, &mut conn, account_id, &slug).await? {
        Some(Located::Own(row, _)) => row.slug == slug,
        Some(Located::Starter(starter)) => starter.slug() == slug,
        None => false,
    };
    drop(conn);
    if is_there {
        return update_template(app, account_id, &slug, content, by, None).await;
    }
    let summary = create_template(app, account_id, content, by).await?;
    Ok(Saved { summary, changed: true, created: true })
}

/// Keeps a copy under another name, without the aliases.
pub async fn duplicate_template(
    app: &App,
    account_id: i64,
    reference: &str,
    new: NewName,
    by: &Author,
) -> Result<Summary> {
    let original = super::get(app, account_id, reference).await?;
    let files = original.files.all().map_err(|why| ActionError::new(Kind::Internal, why))?;
    let slug = match new.slug {
        Some(slug) => slug,
        None => free_slug(app, account_id, original.slug()).await?,
    };
    let template = Template {
        id: slug,
        name: Some(new.name.unwrap_or_else(|| format!("{} copy", original.name()))),
        aliases: Vec::new(),
        ..original.template().clone()
    };
    let content = Content::of_template(template, files).await?;
    create_template(app, account_id, &content, by).await
}

/// Makes an older version the newest one. The versions between stay.
pub async fn restore_version(
    app: &App,
    account_id: i64,
    reference: &str,
    version: &str,
    by: &Author,
    if_match: Option<&str>,
) -> Result<Saved> {
    let current = located(app, account_id, reference).await?;
    let number = summary(&current).id;
    let older = super::get(app, account_id, &format!("{number}@{version}")).await?;
    let files = older.files.all().map_err(|why| ActionError::new(Kind::Internal, why))?;
    let content = Content::of_template(older.template().clone(), files).await?;
    let note = by.note.clone().unwrap_or_else(|| format!("Back to version {}", older.version));
    let by = Author { note: Some(note), ..by.clone() };
    update_template(app, account_id, &number.to_string(), &content, &by, if_match).await
}

/// Forgets a template with all its versions. The copy of a starter gives place to the starter again.
pub async fn delete_template(app: &App, account_id: i64, reference: &str, if_match: Option<&str>) -> Result<()> {
    let row = match located(app, account_id, reference).await? {
        Located::Own(row, _) => row,
        Located::Starter(starter) => {
            let message = format!("'{}' comes with the program and cannot be deleted", starter.slug());
            return Err(ActionError::new(Kind::Conflict, message));
        }
    };
    let mut tx = app.db.begin().await?;
    let row = template::lock(&mut tx, account_id, row.id).await?.ok_or_else(gone)?;
    check_tag(&tag(row.version, &row.hash), if_match)?;
    template::delete(&mut tx, account_id, row.id).await?;
    tx.commit().await?;
    if let Err(error) = files::sweep_assets(app).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "files that nothing names were not swept");
    }
    Ok(())
}

async fn located(app: &App, account_id: i64, reference: &str) -> Result<Located> {
    let mut conn = app.db.read().await?;
    let found = locate(app, &mut conn, account_id, reference).await?;
    drop(conn);
    match found {
        Some(located) => Ok(located),
        None => Err(unknown(app, account_id, reference).await?),
    }
}

/// Says what is there and what it contains: `3-1f0c9a…`.
fn tag(version: i64, hash: &str) -> String {
    format!("{version}-{}", &hash[..12.min(hash.len())])
}

impl Summary {
    /// Changes with every version.
    pub fn tag(&self) -> String {
        tag(self.version, &self.hash)
    }
}

fn check_match(located: &Located, if_match: Option<&str>) -> Result<()> {
    check_tag(&summary(located).tag(), if_match)
}

fn check_tag(own: &str, if_match: Option<&str>) -> Result<()> {
    match if_match {
        Some(expected) if expected != own => {
            let message = format!("The template was changed meanwhile: it is \"{own}\" now, and not \"{expected}\"");
            Err(ActionError::new(Kind::Changed, message))
        }
        _ => Ok(()),
    }
}

/// A first version under a free name.
async fn insert(tx: &mut Tx, account_id: i64, content: &Content, by: &Author) -> Result<TemplateRow> {
    let (headline, now_ms) = (content.headline(), clock::now_ms());
    check_names(tx, account_id, 0, &headline).await?;
    let id = template::insert(tx, account_id, &headline, now_ms).await.map_err(|error| taken(error, &headline))?;
    let refs = content.file_refs();
    let version = NewVersion {
        template_id: id,
        account_id,
        version: 1,
        hash: &content.hash,
        content: &content.json,
        note: by.note.as_deref(),
        author: &by.name,
        token_id: by.token_id,
        created_at_ms: now_ms,
        files: &refs,
    };
    template::insert_version(tx, &version).await?;
    files::publish(tx, account_id, &refs, now_ms).await?;
    template::lock(tx, account_id, id).await?.ok_or_else(gone)
}

/// The next version of a template that is locked.
async fn add_version(tx: &mut Tx, row: &TemplateRow, content: &Content, by: &Author) -> Result<Saved> {
    if row.hash == content.hash {
        return Ok(Saved { summary: row.clone().into(), changed: false, created: false });
    }
    let (headline, now_ms, refs) = (content.headline(), clock::now_ms(), content.file_refs());
    check_names(tx, row.account_id, row.id, &headline).await?;
    let version = NewVersion {
        template_id: row.id,
        account_id: row.account_id,
        version: row.version + 1,
        hash: &content.hash,
        content: &content.json,
        note: by.note.as_deref(),
        author: &by.name,
        token_id: by.token_id,
        created_at_ms: now_ms,
        files: &refs,
    };
    template::insert_version(tx, &version).await?;
    let set = template::set_current(tx, row, row.version + 1, &headline, now_ms).await;
    set.map_err(|error| taken(error, &headline))?;
    files::publish(tx, row.account_id, &refs, now_ms).await?;
    let row = template::lock(tx, row.account_id, row.id).await?.ok_or_else(gone)?;
    Ok(Saved { summary: row.into(), changed: true, created: false })
}

async fn keep_starter(app: &App, account_id: i64, starter: &StoredTemplate) -> Result<()> {
    let files = starter.files.all().map_err(|why| ActionError::new(Kind::Internal, why))?;
    files::keep(app, account_id, &files, &refs_of(&files)).await
}

/// The starter as version 1 of a template of the account's own.
async fn copy_starter(tx: &mut Tx, account_id: i64, starter: &StoredTemplate) -> Result<TemplateRow> {
    let files = starter.files.all().map_err(|why| ActionError::new(Kind::Internal, why))?;
    let content = Content {
        template: starter.template().clone(),
        json: handbill_template::write(starter.template()),
        files,
        hash: starter.hash().to_owned(),
    };
    let by = Author { name: STARTER_AUTHOR.to_owned(), token_id: None, note: Some("As it came".to_owned()) };
    debug_assert_eq!(headline_of(starter.template()).slug, starter.slug());
    insert(tx, account_id, &content, &by).await
}

/// A name must mean one template: refuses one that another template of the account has.
async fn check_names(tx: &mut Tx, account_id: i64, own_id: i64, names: &Headline) -> Result<()> {
    match template::find_clash(tx, account_id, own_id, names).await? {
        None => Ok(()),
        Some((slug, name)) if name == names.slug && slug == name => Err(taken_slug(&name)),
        Some((slug, name)) => {
            let field = if name == names.slug { "id" } else { "aliases" };
            let message = format!("has '{name}', which is a name of the template '{slug}' already");
            let words = format!("{field} {message}");
            Err(ActionError::new(Kind::Conflict, words).with_fields(vec![Field::new(field, message)]))
        }
    }
}

/// Somebody else took the name at the same moment.
fn taken(error: handbill_db::Error, names: &Headline) -> ActionError {
    if error.is_unique_violation() { taken_slug(&names.slug) } else { error.into() }
}

fn taken_slug(slug: &str) -> ActionError {
    ActionError::new(
        Kind::Conflict,
        format!("There is a template '{slug}' already; change it with PUT, or choose another id"),
    )
}

fn gone() -> ActionError {
    ActionError::new(Kind::NotFound, "The template was deleted meanwhile")
}

fn check_note(by: &Author) -> Result<()> {
    let fault = by.note.as_deref().and_then(|note| text_fault("note", note, MAX_NOTE_CHARS));
    fault.map_or(Ok(()), |fault| Err(ActionError::invalid(vec![fault])))
}

async fn free_slug(app: &App, account_id: i64, slug: &str) -> Result<String> {
    let taken = template::slugs(&mut app.db.read().await?, account_id).await?;
    let candidates = (1..).map(|n| if n == 1 { format!("{slug}-copy") } else { format!("{slug}-copy-{n}") });
    let is_free = |candidate: &String| !taken.contains(candidate);
    Ok(candidates.into_iter().find(is_free).unwrap_or_default())
}
