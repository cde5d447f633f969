//! The tables, one file per noun: SQL on one side, the product's types on the other. No rules.
//!
//! Functions that read take `&mut Conn`, those that write take `&mut Tx`; so whoever calls decides what belongs together.

pub mod account;
pub mod brand_kit;
pub mod chore;
pub mod font;
pub mod idempotency;
pub(crate) mod installation;
pub mod object;
pub mod render;
pub mod template;
pub mod token;

use handbill_db::{Db, Migration, Sql};

/// Whose migrations these are, in a database that the queue uses too.
pub(crate) const OWNER: &str = "server";

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$(Migration {
            name: $name,
            sql: Sql {
                sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
                postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
            },
        }),*]
    };
}

/// Every file of `migrations/sqlite` and `migrations/postgres`; a test holds the three together.
pub(crate) const MIGRATIONS: &[Migration] = migrations![
    "0001_accounts_and_tokens",
    "0002_renders",
    "0003_templates",
    "0004_brand_kits_and_fonts",
    "0005_objects",
];

/// Whether the database answers.
pub(crate) async fn answers(db: &Db) -> handbill_db::Result<()> {
    db.read().await?.one::<(i64,)>("SELECT CAST(1 AS BIGINT)", ()).await.map(drop)
}

/// Which rows an operation may see: those of one account, or, for whoever runs the installation, all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Account(i64),
    Anybody,
}

impl Whose {
    /// As an argument for `($n IS NULL OR account_id = $n)`.
    pub(crate) fn account_id(self) -> Option<i64> {
        match self {
            Whose::Account(id) => Some(id),
            Whose::Anybody => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_folders_hold_the_listed_migrations() {
        let listed: Vec<String> = MIGRATIONS.iter().map(|migration| format!("{}.sql", migration.name)).collect();
        for folder in ["sqlite", "postgres"] {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
            let mut found: Vec<String> = std::fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            found.sort();
            assert_eq!(found, listed, "{folder}");
        }
    }
}
