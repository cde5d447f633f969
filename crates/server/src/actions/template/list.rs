//! Lists: the templates of an account with the starters it has not changed, and the versions of one.

use super::super::{Page, Result};
use super::find::{Located, locate, unknown};
use crate::app::App;
use crate::store::template::{self, Filter, TemplateRow, Version};
use crate::templates::StoredTemplate;

/// Whose a template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Own,
    /// It came with the program and is the same for everybody.
    Starter,
}

/// A template as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub id: i64,
    pub slug: String,
    pub name: String,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub origin: Origin,
    pub version: i64,
    pub hash: String,
    /// A starter has neither.
    pub created_at_ms: Option<i64>,
    pub updated_at_ms: Option<i64>,
}

/// Which templates a list is to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// In name, slug, description and tags, whatever its case.
    pub search: Option<String>,
    pub tag: Option<String>,
    pub origin: Option<Origin>,
}

impl From<TemplateRow> for Summary {
    fn from(row: TemplateRow) -> Summary {
        Summary {
            id: row.id,
            slug: row.slug,
            name: row.name,
            description: row.description,
            tags: row.tags,
            origin: Origin::Own,
            version: row.version,
            hash: row.hash,
            created_at_ms: Some(row.created_at_ms),
            updated_at_ms: Some(row.updated_at_ms),
        }
    }
}

impl Summary {
    fn of_starter(starter: &StoredTemplate) -> Summary {
        let template = starter.template();
        Summary {
            id: starter.id,
            slug: starter.slug().to_owned(),
            name: starter.name().to_owned(),
            description: template.description.clone(),
            tags: template.tags.clone(),
            origin: Origin::Starter,
            version: starter.version,
            hash: starter.hash().to_owned(),
            created_at_ms: None,
            updated_at_ms: None,
        }
    }
}

/// What a located template is; of the version that is meant.
pub(super) fn summary(located: &Located) -> Summary {
    match located {
        Located::Starter(starter) => Summary::of_starter(starter),
        Located::Own(row, version) => {
            Summary { version: version.version, hash: version.hash.clone(), ..Summary::from(row.clone()) }
        }
    }
}

/// By number, beginning after `after`: the starters first.
pub async fn list_templates(
    app: &App,
    account_id: i64,
    wanted: &Wanted,
    after: i64,
    limit: i64,
) -> Result<Page<Summary>> {
    let limit = limit.clamp(1, Page::<Summary>::MAX_LIMIT);
    let mut conn = app.db.read().await?;
    let mut rows = Vec::new();
    if wanted.origin != Some(Origin::Own) {
        let own = template::slugs(&mut conn, account_id).await?;
        let starters = app.renderer.templates.iter().filter(|starter| starter.id > after);
        let shown = starters.filter(|starter| !own.iter().any(|slug| slug == starter.slug()));
        rows.extend(shown.map(|starter| Summary::of_starter(starter)).filter(|summary| wanted.takes(summary)));
        rows.sort_by_key(|summary| summary.id);
    }
    let most = usize::try_from(limit).unwrap_or(0) + 1;
    rows.truncate(most);
    if wanted.origin != Some(Origin::Starter) && rows.len() < most {
        let missing = limit + 1 - i64::try_from(rows.len()).unwrap_or(0);
        let filter = Filter { search: wanted.search.as_deref().map(escaped), tag: wanted.tag.clone() };
        let own = template::list(&mut conn, account_id, &filter, after, missing).await?;
        rows.extend(own.into_iter().map(Summary::from));
    }
    Ok(Page::of(rows, limit, |summary| summary.id))
}

impl Wanted {
    fn takes(&self, summary: &Summary) -> bool {
        let found = |search: &String| {
            let search = search.to_lowercase();
            let texts = [Some(&summary.name), Some(&summary.slug), summary.description.as_ref()];
            texts.into_iter().flatten().chain(&summary.tags).any(|text| text.to_lowercase().contains(&search))
        };
        self.search.as_ref().is_none_or(found) && self.tag.as_ref().is_none_or(|tag| summary.tags.contains(tag))
    }
}

/// In small letters, with the wildcards of LIKE as plain letters.
fn escaped(search: &str) -> String {
    let mut text = String::new();
    for letter in search.to_lowercase().chars().filter(|letter| *letter != '\0') {
        if matches!(letter, '%' | '_' | '\\') {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}

/// The versions of a template, the newest first, beginning below `after`; 0 begins at the newest.
pub async fn list_versions(
    app: &App,
    account_id: i64,
    reference: &str,
    after: i64,
    limit: i64,
) -> Result<Page<Version>> {
    let limit = limit.clamp(1, Page::<Version>::MAX_LIMIT);
    let mut conn = app.db.read().await?;
    let rows = match locate(app, &mut conn, account_id, reference).await? {
        Some(Located::Own(row, _)) => {
            let below = if after == 0 { i64::MAX } else { after };
            template::list_versions(&mut conn, row.id, below, limit + 1).await?
        }
        Some(Located::Starter(starter)) => vec![starter_version(&starter)],
        None => {
            drop(conn);
            return Err(unknown(app, account_id, reference).await?);
        }
    };
    Ok(Page::of(rows, limit, |version| version.version))
}

/// Its one version.
fn starter_version(starter: &StoredTemplate) -> Version {
    Version {
        template_id: starter.id,
        version: starter.version,
        hash: starter.hash().to_owned(),
        note: None,
        author: super::change::STARTER_AUTHOR.to_owned(),
        created_at_ms: 0,
    }
}
