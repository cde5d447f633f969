//! Brings a database's tables up to date: the missing migrations of a list, in order, all of them or none.
//!
//! Not sqlx's `Migrator`: it takes no lock on SQLite, where a command may start beside the server, and it knows one
//! dialect. Here both dialects share the numbers, and the whole run is one transaction under the write lock.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::{Conn, Db, Error, Result, Sql, Tx};

/// One step. Its name (`0001_accounts`) orders it and never changes; nor does its SQL once it was released.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    pub name: &'static str,
    /// Statements separated by semicolons, without BEGIN and COMMIT.
    pub sql: Sql,
}

const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS applied_migrations (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (owner, name)
)";
const COUNT_TABLE: Sql = Sql {
    sqlite: "SELECT count(*) FROM sqlite_master WHERE name = 'applied_migrations'",
    postgres: "SELECT count(*) FROM information_schema.tables
        WHERE table_name = 'applied_migrations' AND table_schema = current_schema()",
};
/// Any number of our own: who migrates waits for whoever does so already. SQLite's BEGIN IMMEDIATE waits by itself.
const LOCK: Sql = Sql { sqlite: "SELECT 1", postgres: "SELECT 1 FROM pg_advisory_xact_lock(7261504930215)" };

impl Db {
    /// Applies what is missing of `migrations`, which must be sorted by name. Several lists may share a database:
    /// each has its `owner`. Answers with the names that were applied.
    pub async fn migrate(&self, owner: &str, migrations: &[Migration]) -> Result<Vec<&'static str>> {
        assert!(migrations.is_sorted_by(|a, b| a.name < b.name), "migrations are sorted by name, each has its own");
        let mut tx = self.begin().await?;
        tx.exec(LOCK, ()).await?;
        tx.exec(CREATE_TABLE, ()).await?;
        let mut applied = applied(&mut tx, owner).await?;
        let mut done = Vec::new();
        for migration in migrations {
            match applied.remove(migration.name) {
                Some(checksum) if checksum == migration.checksum() => {}
                Some(_) => return Err(Error::ChangedMigration(migration.name.to_owned())),
                None => {
                    migration.apply(&mut tx, owner).await?;
                    done.push(migration.name);
                }
            }
        }
        if let Some((name, _)) = applied.pop_first() {
            return Err(Error::UnknownMigration(name));
        }
        tx.commit().await?;
        Ok(done)
    }

    /// The names that `migrate` would apply. Changes nothing.
    pub async fn missing(&self, owner: &str, migrations: &[Migration]) -> Result<Vec<&'static str>> {
        let mut conn = self.read().await?;
        let is_new = conn.one::<(i64,)>(COUNT_TABLE, ()).await?.0 == 0;
        let known = if is_new { BTreeMap::new() } else { applied(&mut conn, owner).await? };
        Ok(migrations.iter().map(|migration| migration.name).filter(|name| !known.contains_key(*name)).collect())
    }
}

async fn applied(conn: &mut Conn, owner: &str) -> Result<BTreeMap<String, String>> {
    let rows = conn.all("SELECT name, sha256 FROM applied_migrations WHERE owner = $1", (owner,)).await?;
    Ok(rows.into_iter().collect())
}

impl Migration {
    async fn apply(&self, tx: &mut Tx, owner: &str) -> Result<()> {
        let failed = |source| Error::Migration { name: self.name, source: Box::new(source) };
        tx.script(self.sql).await.map_err(failed)?;
        let row = (owner, self.name, self.checksum());
        tx.exec("INSERT INTO applied_migrations (owner, name, sha256) VALUES ($1, $2, $3)", row).await?;
        Ok(())
    }

    /// Over both texts, so that the two databases agree on what a migration is.
    fn checksum(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.sql.sqlite);
        hash.update([0]);
        hash.update(self.sql.postgres);
        hash.finalize().iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("writing to a String cannot fail");
            hex
        })
    }
}
