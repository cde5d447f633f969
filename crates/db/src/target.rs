//! Which database is meant by a URL.

use std::path::PathBuf;

use sqlx::postgres::PgConnectOptions;

/// A database, not opened yet.
#[derive(Clone)]
pub enum Target {
    /// A file; it is made when it does not exist.
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

/// Why a text is no database URL. Never holds the text itself: it may contain a password.
#[derive(Debug, thiserror::Error)]
pub enum InvalidUrl {
    #[error("a database URL begins with postgres:// or sqlite:///")]
    Scheme,
    #[error("an in-memory or nameless SQLite database keeps nothing; write sqlite:///PATH")]
    NoFile,
    #[error("not a PostgreSQL URL: {0}; a right one is postgres://USER:PASSWORD@HOST:5432/NAME")]
    Postgres(String),
}

impl Target {
    /// Reads `sqlite:PATH`, `sqlite://PATH` (so `sqlite:///abs/olute`) and `postgres://…`.
    pub fn parse(url: &str) -> Result<Target, InvalidUrl> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return match url.parse() {
                Ok(options) => Ok(Target::Postgres(Box::new(options))),
                Err(sqlx::Error::Configuration(why)) => Err(InvalidUrl::Postgres(why.to_string())),
                Err(why) => Err(InvalidUrl::Postgres(why.to_string())),
            };
        }
        let path = url.strip_prefix("sqlite://").or(url.strip_prefix("sqlite:")).ok_or(InvalidUrl::Scheme)?;
        if path.is_empty() || path.contains(":memory:") || path.contains('?') {
            return Err(InvalidUrl::NoFile);
        }
        Ok(Target::Sqlite(PathBuf::from(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_kinds() {
        for (url, path) in [("sqlite:///var/a.db", "/var/a.db"), ("sqlite:a.db", "a.db"), ("sqlite://b/a.db", "b/a.db")]
        {
            assert!(matches!(Target::parse(url), Ok(Target::Sqlite(found)) if found.as_os_str() == path), "{url}");
        }
        let Ok(Target::Postgres(options)) = Target::parse("postgresql://me:pw@db.example:5433/things") else {
            panic!("a PostgreSQL URL was refused");
        };
        assert_eq!((options.get_host(), options.get_port()), ("db.example", 5433));
        assert_eq!(options.get_database(), Some("things"));
    }

    #[test]
    fn says_what_is_wrong_without_the_password() {
        for url in
            ["mysql://a", "", "sqlite:", "sqlite::memory:", "sqlite://a?mode=memory", "postgres://me:hush@h:port/a"]
        {
            let Err(why) = Target::parse(url) else { panic!("accepted {url}") };
            assert!(!why.to_string().contains("hush"), "{why}");
        }
    }
}
