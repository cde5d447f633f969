//! API tokens, as they are kept: never the token itself, only its SHA-256.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use handbill_db::{Conn, Error, FromRow, Result, Row, Tx};

use super::Whose;
use crate::config::Secret;

/// A token without its secret part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub id: i64,
    pub account_id: i64,
    pub name: String,
    /// The first letters, to tell tokens apart.
    pub prefix: String,
    pub scopes: Scopes,
    pub webhook_url: Option<String>,
    /// `whsec_…`.
    pub webhook_secret: Secret,
    pub created_at_ms: i64,
    pub expires_at_ms: Option<i64>,
    /// To the minute.
    pub last_used_at_ms: Option<i64>,
    pub revoked_at_ms: Option<i64>,
}

impl Token {
    /// Neither revoked nor expired.
    pub fn is_valid(&self, now_ms: i64) -> bool {
        self.revoked_at_ms.is_none() && self.expires_at_ms.is_none_or(|end| now_ms < end)
    }
}

/// A token that has no number yet.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub account_id: i64,
    pub name: String,
    pub sha256: [u8; 32],
    pub prefix: String,
    pub scopes: Scopes,
    pub webhook_url: Option<String>,
    pub webhook_secret: Secret,
    pub created_at_ms: i64,
    pub expires_at_ms: Option<i64>,
}

/// One part of the API that a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    Render,
    Batch,
    ContentRequests,
    /// Templates, fonts, accounts, tokens: our own API.
    Manage,
}

impl Scope {
    const ALL: [Scope; 4] = [Scope::Render, Scope::Batch, Scope::ContentRequests, Scope::Manage];

    fn name(self) -> &'static str {
        match self {
            Scope::Render => "render",
            Scope::Batch => "batch",
            Scope::ContentRequests => "content_requests",
            Scope::Manage => "manage",
        }
    }
}

/// What a token opens: everything, also what comes later, or the parts that are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scopes {
    All,
    Only(BTreeSet<Scope>),
}

impl Scopes {
    pub fn allow(&self, scope: Scope) -> bool {
        match self {
            Scopes::All => true,
            Scopes::Only(scopes) => scopes.contains(&scope),
        }
    }

    /// Whether all that the others open is open to these.
    pub fn include(&self, others: &Scopes) -> bool {
        match (self, others) {
            (Scopes::All, _) => true,
            (Scopes::Only(_), Scopes::All) => false,
            (Scopes::Only(own), Scopes::Only(others)) => others.is_subset(own),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Scope, String> {
        let known = Scope::ALL.into_iter().find(|scope| scope.name() == text);
        known.ok_or_else(|| {
            format!("`{text}` is not a scope; there are all, {}", Scope::ALL.map(Scope::name).join(", "))
        })
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scopes::All => f.write_str("all"),
            Scopes::Only(scopes) => {
                let names: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
                f.write_str(&names.join(" "))
            }
        }
    }
}

impl FromStr for Scopes {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Scopes, String> {
        let between = |letter: char| letter == ',' || letter.is_whitespace();
        let names: Vec<&str> = text.split(between).filter(|name| !name.is_empty()).collect();
        match &names[..] {
            ["all"] => Ok(Scopes::All),
            [] => Err("no scope is named; write all, or one or more names".to_owned()),
            names => Ok(Scopes::Only(names.iter().map(|name| name.parse()).collect::<std::result::Result<_, _>>()?)),
        }
    }
}

impl FromRow for Token {
    fn from_row(row: Row<'_>) -> Result<Token> {
        let scopes: String = row.get("scopes")?;
        Ok(Token {
            id: row.get("id")?,
            account_id: row.get("account_id")?,
            name: row.get("name")?,
            prefix: row.get("prefix")?,
            scopes: scopes.parse().map_err(|why| Error::decode("scopes", why))?,
            webhook_url: row.get("webhook_url")?,
            webhook_secret: Secret::new(row.get::<String>("webhook_secret")?),
            created_at_ms: row.get("created_at_ms")?,
            expires_at_ms: row.get("expires_at_ms")?,
            last_used_at_ms: row.get("last_used_at_ms")?,
            revoked_at_ms: row.get("revoked_at_ms")?,
        })
    }
}

/// An account that does not exist is a foreign key violation.
pub(crate) async fn insert(tx: &mut Tx, new: NewToken) -> Result<Token> {
    tx.one(
        "INSERT INTO tokens
         (account_id, name, sha256, prefix, scopes, webhook_url, webhook_secret, created_at_ms, expires_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *",
        (
            new.account_id,
            new.name,
            new.sha256.to_vec(),
            new.prefix,
            new.scopes.to_string(),
            new.webhook_url,
            new.webhook_secret.reveal(),
            new.created_at_ms,
            new.expires_at_ms,
        ),
    )
    .await
}

/// Whatever its state. The comparison is the index's: an attacker chooses the token, not its hash, so time tells nothing.
pub(crate) async fn find_by_hash(conn: &mut Conn, sha256: [u8; 32]) -> Result<Option<Token>> {
    conn.opt("SELECT * FROM tokens WHERE sha256 = $1", (sha256.to_vec(),)).await
}

/// Whether there is a token at all, or ever was.
pub(crate) async fn exists_any(conn: &mut Conn) -> Result<bool> {
    let first: Option<(i64,)> = conn.opt("SELECT id FROM tokens LIMIT 1", ()).await?;
    Ok(first.is_some())
}

/// By number, beginning after `after`.
pub(crate) async fn list(conn: &mut Conn, whose: Whose, after: i64, limit: i64) -> Result<Vec<Token>> {
    conn.all(
        "SELECT * FROM tokens WHERE id > $1 AND ($2 IS NULL OR account_id = $2) ORDER BY id LIMIT $3",
        (after, whose.account_id(), limit),
    )
    .await
}

/// The token as it is afterwards; one that was revoked before keeps its time.
pub(crate) async fn revoke(tx: &mut Tx, whose: Whose, id: i64, now_ms: i64) -> Result<Option<Token>> {
    tx.opt(
        "UPDATE tokens SET revoked_at_ms = coalesce(revoked_at_ms, $3)
         WHERE id = $1 AND ($2 IS NULL OR account_id = $2) RETURNING *",
        (id, whose.account_id(), now_ms),
    )
    .await
}

/// Notes a use, unless one was noted at `not_since_ms` or later.
pub(crate) async fn note_use(tx: &mut Tx, id: i64, now_ms: i64, not_since_ms: i64) -> Result<()> {
    tx.exec(
        "UPDATE tokens SET last_used_at_ms = $2
         WHERE id = $1 AND (last_used_at_ms IS NULL OR last_used_at_ms < $3)",
        (id, now_ms, not_since_ms),
    )
    .await?;
    Ok(())
}
