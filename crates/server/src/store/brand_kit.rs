//! Brand kits: what fills `{{brand.*}}` and theme entries of an account's templates where a request says nothing.

use handbill_db::{Conn, Error, FromRow, Result, Row, Tx};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A brand kit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandKit {
    pub id: i64,
    pub account_id: i64,
    /// The brand's name, and what the kit goes by.
    pub name: String,
    /// Used where a request chooses none. One of an account's is, unless it has none.
    pub is_default: bool,
    pub says: BrandSays,
    pub created_at_ms: i64,
    pub updated_at_ms: i64,
}

/// What a kit says beside its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandSays {
    pub handle: Option<String>,
    pub bio: Option<String>,
    pub website_url: Option<String>,
    pub avatar_image_url: Option<String>,
    /// Token of the theme → colour.
    pub colors: IndexMap<String, String>,
    /// Token of the theme → family.
    pub fonts: IndexMap<String, String>,
    /// Name → address of a picture.
    pub logos: IndexMap<String, String>,
}

impl FromRow for BrandKit {
    fn from_row(row: Row<'_>) -> Result<BrandKit> {
        let says: String = row.get("brand")?;
        Ok(BrandKit {
            id: row.get("id")?,
            account_id: row.get("account_id")?,
            name: row.get("name")?,
            is_default: row.get("is_default")?,
            says: serde_json::from_str(&says).map_err(|why| Error::decode("brand", why.to_string()))?,
            created_at_ms: row.get("created_at_ms")?,
            updated_at_ms: row.get("updated_at_ms")?,
        })
    }
}

impl BrandSays {
    fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| unreachable!("texts are JSON"))
    }
}

pub(crate) async fn find(conn: &mut Conn, account_id: i64, id: i64) -> Result<Option<BrandKit>> {
    conn.opt("SELECT * FROM brand_kits WHERE account_id = $1 AND id = $2", (account_id, id)).await
}

pub(crate) async fn find_by_name(conn: &mut Conn, account_id: i64, name: &str) -> Result<Option<BrandKit>> {
    conn.opt("SELECT * FROM brand_kits WHERE account_id = $1 AND name = $2", (account_id, name)).await
}

pub(crate) async fn find_default(conn: &mut Conn, account_id: i64) -> Result<Option<BrandKit>> {
    conn.opt("SELECT * FROM brand_kits WHERE account_id = $1 AND is_default", (account_id,)).await
}

/// By number, beginning after `after`.
pub(crate) async fn list(conn: &mut Conn, account_id: i64, after: i64, limit: i64) -> Result<Vec<BrandKit>> {
    conn.all(
        "SELECT * FROM brand_kits WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        (account_id, after, limit),
    )
    .await
}

/// A name that exists already is a unique violation, and so is a second default.
pub(crate) async fn insert(
    tx: &mut Tx,
    account_id: i64,
    name: &str,
    is_default: bool,
    says: &BrandSays,
    now_ms: i64,
) -> Result<BrandKit> {
    tx.one(
        "INSERT INTO brand_kits (account_id, name, is_default, brand, created_at_ms, updated_at_ms)
         VALUES ($1, $2, $3, $4, $5, $5) RETURNING *",
        (account_id, name, is_default, says.json(), now_ms),
    )
    .await
}

pub(crate) async fn update(tx: &mut Tx, kit: &BrandKit, now_ms: i64) -> Result<Option<BrandKit>> {
    tx.opt(
        "UPDATE brand_kits SET name = $3, is_default = $4, brand = $5, updated_at_ms = $6
         WHERE account_id = $1 AND id = $2 RETURNING *",
        (kit.account_id, kit.id, kit.name.as_str(), kit.is_default, kit.says.json(), now_ms),
    )
    .await
}

/// No kit of the account is the default one for now.
pub(crate) async fn clear_default(tx: &mut Tx, account_id: i64) -> Result<()> {
    tx.exec("UPDATE brand_kits SET is_default = $2 WHERE account_id = $1 AND is_default", (account_id, false)).await?;
    Ok(())
}

/// The oldest kit becomes the default one if none is.
pub(crate) async fn settle_default(tx: &mut Tx, account_id: i64) -> Result<()> {
    tx.exec(
        "UPDATE brand_kits SET is_default = $2 WHERE id = (SELECT min(id) FROM brand_kits WHERE account_id = $1)
         AND NOT EXISTS (SELECT 1 FROM brand_kits WHERE account_id = $1 AND is_default)",
        (account_id, true),
    )
    .await?;
    Ok(())
}

/// Whether it was there.
pub(crate) async fn delete(tx: &mut Tx, account_id: i64, id: i64) -> Result<bool> {
    Ok(tx.exec("DELETE FROM brand_kits WHERE account_id = $1 AND id = $2", (account_id, id)).await? > 0)
}
