//! Templates that an account keeps, and their versions. A version never changes; the template's own row repeats of the
//! current one what lists show and search.

mod asset;
mod version;

use handbill_db::{Conn, Error, FromRow, List, Result, Row, Sql, Tx};

pub(crate) use asset::{delete_unnamed_assets, mark_stored, touch_assets};
pub use version::{FileRef, Version};
pub(crate) use version::{
    NewVersion, content, files, find_version, find_versions_by_hash, insert_version, list_versions,
};

/// A template, without what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRow {
    pub id: i64,
    pub account_id: i64,
    pub slug: String,
    /// The current version.
    pub version: i64,
    /// The current version's.
    pub hash: String,
    pub name: String,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub created_at_ms: i64,
    pub updated_at_ms: i64,
}

/// What a template's row repeats of its current version.
#[derive(Clone, Debug)]
pub(crate) struct Headline {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) aliases: Vec<String>,
}

impl Headline {
    fn tags_json(&self) -> String {
        serde_json::Value::from(self.tags.clone()).to_string()
    }

    /// What a search looks in.
    pub(crate) fn search_text(&self) -> String {
        let parts = [self.name.as_str(), &self.slug, self.description.as_deref().unwrap_or_default()];
        let all: Vec<&str> = parts.into_iter().chain(self.tags.iter().map(String::as_str)).collect();
        all.join("\n").to_lowercase()
    }
}

impl FromRow for TemplateRow {
    fn from_row(row: Row<'_>) -> Result<TemplateRow> {
        let tags: String = row.get("tags")?;
        Ok(TemplateRow {
            id: row.get("id")?,
            account_id: row.get("account_id")?,
            slug: row.get("slug")?,
            version: row.get("version")?,
            hash: row.get("hash")?,
            name: row.get("name")?,
            description: row.get("description")?,
            tags: serde_json::from_str(&tags).map_err(|why| Error::decode("tags", why.to_string()))?,
            created_at_ms: row.get("created_at_ms")?,
            updated_at_ms: row.get("updated_at_ms")?,
        })
    }
}

/// By slug, alias or number, in this order.
pub(crate) async fn find(conn: &mut Conn, account_id: i64, name: &str) -> Result<Option<TemplateRow>> {
    conn.opt(
        "SELECT t.*, v.hash FROM templates t
         JOIN template_versions v ON v.template_id = t.id AND v.version = t.version
         WHERE t.account_id = $1 AND (
             t.slug = $2 OR t.id = $3
             OR t.id = (SELECT a.template_id FROM template_aliases a WHERE a.account_id = $1 AND a.alias = $2)
         )
         ORDER BY CASE WHEN t.slug = $2 THEN 0 WHEN t.id = $3 THEN 2 ELSE 1 END
         LIMIT 1",
        (account_id, name, name.parse().unwrap_or(0_i64)),
    )
    .await
}

pub(crate) async fn find_by_id(conn: &mut Conn, account_id: i64, id: i64) -> Result<Option<TemplateRow>> {
    conn.opt(
        "SELECT t.*, v.hash FROM templates t
         JOIN template_versions v ON v.template_id = t.id AND v.version = t.version
         WHERE t.account_id = $1 AND t.id = $2",
        (account_id, id),
    )
    .await
}

/// By number, held until the end of the transaction.
pub(crate) async fn lock(tx: &mut Tx, account_id: i64, id: i64) -> Result<Option<TemplateRow>> {
    // Two statements: whoever waited for the row has to see the version that it came to have meanwhile.
    let held = Sql {
        sqlite: "SELECT id FROM templates WHERE account_id = $1 AND id = $2",
        postgres: "SELECT id FROM templates WHERE account_id = $1 AND id = $2 FOR UPDATE",
    };
    tx.opt::<(i64,)>(held, (account_id, id)).await?;
    tx.opt(
        "SELECT t.*, v.hash FROM templates t
         JOIN template_versions v ON v.template_id = t.id AND v.version = t.version
         WHERE t.account_id = $1 AND t.id = $2",
        (account_id, id),
    )
    .await
}

/// What of an account's templates a list shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// In small letters, with LIKE's wildcards escaped.
    pub(crate) search: Option<String>,
    pub(crate) tag: Option<String>,
}

/// By number, beginning after `after`.
pub(crate) async fn list(
    conn: &mut Conn,
    account_id: i64,
    filter: &Filter,
    after: i64,
    limit: i64,
) -> Result<Vec<TemplateRow>> {
    conn.all(
        Sql {
            sqlite: r"SELECT t.*, v.hash FROM templates t
                      JOIN template_versions v ON v.template_id = t.id AND v.version = t.version
                      WHERE t.account_id = $1 AND t.id > $2
                        AND ($3 IS NULL OR t.search LIKE '%' || $3 || '%' ESCAPE '\')
                        AND ($4 IS NULL OR $4 IN (SELECT value FROM json_each(t.tags)))
                      ORDER BY t.id LIMIT $5",
            postgres: r"SELECT t.*, v.hash FROM templates t
                        JOIN template_versions v ON v.template_id = t.id AND v.version = t.version
                        WHERE t.account_id = $1 AND t.id > $2
                          AND ($3::text IS NULL OR t.search LIKE '%' || $3 || '%' ESCAPE '\')
                          AND ($4::text IS NULL OR t.tags::jsonb ? $4)
                        ORDER BY t.id LIMIT $5",
        },
        (account_id, after, filter.search.clone(), filter.tag.clone(), limit),
    )
    .await
}

/// The slugs of an account.
pub(crate) async fn slugs(conn: &mut Conn, account_id: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        conn.all("SELECT slug FROM templates WHERE account_id = $1 ORDER BY slug", (account_id,)).await?;
    Ok(rows.into_iter().map(|(slug,)| slug).collect())
}

/// The template that another one's names would hide, or be hidden by: its slug, and the name they share.
pub(crate) async fn find_clash(
    conn: &mut Conn,
    account_id: i64,
    own_id: i64,
    names: &Headline,
) -> Result<Option<(String, String)>> {
    let by_slug = Sql {
        sqlite: "SELECT slug, slug FROM templates WHERE account_id = $1 AND id <> $2
                   AND (slug = $3 OR slug IN (SELECT value FROM json_each($4))) ORDER BY slug LIMIT 1",
        postgres: "SELECT slug, slug FROM templates WHERE account_id = $1 AND id <> $2
                     AND (slug = $3 OR slug = ANY($4)) ORDER BY slug LIMIT 1",
    };
    let by_alias = Sql {
        sqlite: "SELECT t.slug, a.alias FROM template_aliases a JOIN templates t ON t.id = a.template_id
                 WHERE a.account_id = $1 AND a.template_id <> $2
                   AND (a.alias = $3 OR a.alias IN (SELECT value FROM json_each($4)))
                 ORDER BY a.alias LIMIT 1",
        postgres: "SELECT t.slug, a.alias FROM template_aliases a JOIN templates t ON t.id = a.template_id
                   WHERE a.account_id = $1 AND a.template_id <> $2 AND (a.alias = $3 OR a.alias = ANY($4))
                   ORDER BY a.alias LIMIT 1",
    };
    for sql in [by_slug, by_alias] {
        let aliases: List<&str> = names.aliases.iter().map(String::as_str).collect();
        let found: Option<(String, String)> = conn.opt(sql, (account_id, own_id, names.slug.as_str(), aliases)).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// A template at version 1, which is still to be inserted. Answers its number. A slug that exists already is a unique
/// violation.
pub(crate) async fn insert(tx: &mut Tx, account_id: i64, headline: &Headline, now_ms: i64) -> Result<i64> {
    let (id,): (i64,) = tx
        .one(
            "INSERT INTO templates
             (account_id, slug, version, name, description, tags, search, created_at_ms, updated_at_ms)
             VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $7) RETURNING id",
            (
                account_id,
                headline.slug.as_str(),
                headline.name.as_str(),
                headline.description.clone(),
                headline.tags_json(),
                headline.search_text(),
                now_ms,
            ),
        )
        .await?;
    insert_aliases(tx, account_id, id, &headline.aliases).await?;
    Ok(id)
}

/// Makes a version the current one.
pub(crate) async fn set_current(
    tx: &mut Tx,
    row: &TemplateRow,
    version: i64,
    headline: &Headline,
    now_ms: i64,
) -> Result<()> {
    tx.exec(
        "UPDATE templates SET slug = $3, version = $4, name = $5, description = $6, tags = $7, search = $8,
             updated_at_ms = $9
         WHERE account_id = $1 AND id = $2",
        (
            row.account_id,
            row.id,
            headline.slug.as_str(),
            version,
            headline.name.as_str(),
            headline.description.clone(),
            headline.tags_json(),
            headline.search_text(),
            now_ms,
        ),
    )
    .await?;
    tx.exec("DELETE FROM template_aliases WHERE template_id = $1", (row.id,)).await?;
    insert_aliases(tx, row.account_id, row.id, &headline.aliases).await
}

async fn insert_aliases(tx: &mut Tx, account_id: i64, id: i64, aliases: &[String]) -> Result<()> {
    for alias in aliases {
        tx.exec(
            "INSERT INTO template_aliases (account_id, alias, template_id) VALUES ($1, $2, $3)",
            (account_id, alias.as_str(), id),
        )
        .await?;
    }
    Ok(())
}

/// With its versions and aliases; whether it was there.
pub(crate) async fn delete(tx: &mut Tx, account_id: i64, id: i64) -> Result<bool> {
    Ok(tx.exec("DELETE FROM templates WHERE account_id = $1 AND id = $2", (account_id, id)).await? > 0)
}
