//! The doctor: looks at everything an installation stands on, changes nothing that stays, and says what to do about what
//! is not well.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use handbill_db::{Db, Dialect, OpenOptions, Sql, Target};
use handbill_render::Format;
use handbill_template::bind::BindOptions;
use handbill_template::bind::native::{self, NativeData};
use serde::Serialize;

use super::draw::{DrawOptions, draw};
use crate::blobs::{Blobs, PrivatePlace};
use crate::config::Config;
use crate::engine::EngineOptions;
use crate::renderer::{Renderer, engine_options};
use crate::{clock, fonts, store};

/// Between this machine's clock and the database's; jobs are delayed by the one and due by the other.
const CLOCKS_MAY_DIFFER_MS: i64 = 2_000;
const PATIENCE: Duration = Duration::from_secs(10);
/// The account number of files that are nobody's.
const NOBODY: i64 = 0;

const DATABASE_TIME: Sql = Sql {
    sqlite: "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS BIGINT)",
    postgres: "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
};

/// What was found of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub about: &'static str,
    pub state: State,
    pub text: String,
    /// What to do, where something is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok,
    Warning,
    Failure,
}

impl Finding {
    fn ok(about: &'static str, text: impl Into<String>) -> Finding {
        Finding { about, state: State::Ok, text: text.into(), advice: None }
    }

    fn warning(about: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { about, state: State::Warning, text: text.into(), advice: Some(advice.into()) }
    }

    fn failure(about: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { about, state: State::Failure, text: text.into(), advice: Some(advice.into()) }
    }
}

/// Looks at everything, in the order in which things stand on each other.
pub async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![addresses(config), data_folder(&config.storage.data_dir), outbound(config)];
    findings.extend(database(config).await);
    findings.push(files(config).await);
    findings.push(added_fonts(config));
    findings.push(engine(config).await);
    findings
}

fn addresses(config: &Config) -> Finding {
    const ABOUT: &str = "address";
    let (listen, url) = (config.server.listen, config.server.base_url());
    if config.server.public_url.is_none() && !listen.ip().is_loopback() {
        let advice = "set server.public_url to the address that people and programs reach this server at";
        return Finding::warning(ABOUT, format!("links in answers begin with {url}"), advice);
    }
    if url.starts_with("http://") && config.server.public_url.is_some() {
        let advice = "put a proxy with TLS in front and write https:// in server.public_url: tokens travel in headers";
        return Finding::warning(ABOUT, format!("{url} is not encrypted"), advice);
    }
    Finding::ok(ABOUT, format!("listens on {listen}, links begin with {url}"))
}

fn data_folder(path: &Path) -> Finding {
    const ABOUT: &str = "data folder";
    let shown = path.display();
    if !path.exists() {
        return Finding::ok(ABOUT, format!("{shown} will be made at the first start"));
    }
    let probe = path.join(".doctor");
    let written = std::fs::write(&probe, b"probe").and_then(|()| std::fs::remove_file(&probe));
    if let Err(error) = written {
        let advice = format!("let the user that runs handbill write to {shown}");
        return Finding::failure(ABOUT, format!("{shown} cannot be written to: {error}"), advice);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if std::fs::metadata(path).is_ok_and(|about| about.mode() & 0o077 != 0) {
            let advice = format!("chmod 700 {shown}: there are secrets in it");
            return Finding::warning(ABOUT, format!("{shown} can be read by others"), advice);
        }
    }
    Finding::ok(ABOUT, format!("{shown} can be written to"))
}

fn outbound(config: &Config) -> Finding {
    const ABOUT: &str = "way out";
    let open = &config.outbound.allow_networks;
    if open.is_empty() {
        return Finding::ok(ABOUT, "pictures are fetched from public addresses only");
    }
    let names: Vec<String> = open.iter().map(ToString::to_string).collect();
    let advice = "whoever has a token can have pictures fetched from there; list no more than is needed";
    Finding::warning(ABOUT, format!("private networks are open: {}", names.join(", ")), advice)
}

async fn database(config: &Config) -> Vec<Finding> {
    const ABOUT: &str = "database";
    let target = match config.database_target() {
        Ok(target) => target,
        Err(error) => return vec![Finding::failure(ABOUT, error.to_string(), "mend database.url")],
    };
    if let Target::Sqlite(path) = &target
        && !path.exists()
    {
        return vec![Finding::ok(ABOUT, format!("SQLite; {} will be made at the first start", path.display()))];
    }
    let options = OpenOptions { max_connections: 1, acquire_timeout: PATIENCE };
    match Db::open(&target, &options).await {
        Ok(db) => {
            let findings = vec![tables(&db).await, database_clock(&db).await];
            db.close().await;
            findings
        }
        Err(error) => {
            let advice = "is it running, and are the address, the name and the password in database.url right?";
            vec![Finding::failure(ABOUT, format!("it cannot be opened: {error}"), advice)]
        }
    }
}

async fn tables(db: &Db) -> Finding {
    const ABOUT: &str = "database";
    let kind = match db.dialect() {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
    };
    match db.missing(store::OWNER, store::MIGRATIONS).await {
        Ok(missing) if missing.is_empty() => match intact(db).await {
            Ok(()) => Finding::ok(ABOUT, format!("{kind} answers, its tables are up to date")),
            Err(why) => Finding::failure(ABOUT, format!("{kind} is damaged: {why}"), "restore the last backup"),
        },
        Ok(missing) => {
            let text = format!("{kind} answers; the next start brings its tables up to date ({})", missing.join(", "));
            Finding::warning(ABOUT, text, "make a backup before the new version starts")
        }
        Err(error) => Finding::failure(ABOUT, format!("{kind} does not answer: {error}"), "look at its log"),
    }
}

/// SQLite can look at its own file; PostgreSQL's checksums are its own business.
async fn intact(db: &Db) -> Result<(), String> {
    if db.dialect() != Dialect::Sqlite {
        return Ok(());
    }
    let text = |error: handbill_db::Error| error.to_string();
    let mut conn = db.read().await.map_err(text)?;
    let (verdict,) = conn.one::<(String,)>("SELECT quick_check FROM pragma_quick_check", ()).await.map_err(text)?;
    if verdict == "ok" { Ok(()) } else { Err(verdict) }
}

async fn database_clock(db: &Db) -> Finding {
    const ABOUT: &str = "clock";
    let asked = async { db.read().await?.one::<(i64,)>(DATABASE_TIME, ()).await };
    match asked.await {
        Ok((at_ms,)) => {
            let apart = (clock::now_ms() - at_ms).abs();
            if apart <= CLOCKS_MAY_DIFFER_MS {
                Finding::ok(ABOUT, "this machine's and the database's agree")
            } else {
                let advice = "have both keep time by NTP: waiting times and expiry dates are compared between them";
                Finding::warning(ABOUT, format!("this machine's and the database's are {apart} ms apart"), advice)
            }
        }
        Err(error) => {
            Finding::failure(ABOUT, format!("the database does not tell its time: {error}"), "look at its log")
        }
    }
}

/// Writes a file, reads it back, and deletes it.
async fn files(config: &Config) -> Finding {
    const ABOUT: &str = "files";
    const CONTENT: &[u8] = b"written by handbill doctor";
    let kind = if config.storage.s3.is_some() { "the bucket" } else { "the folder" };
    if config.storage.s3.is_none() && !config.storage.data_dir.exists() {
        return Finding::ok(ABOUT, "kept in the data folder");
    }
    let tried = async {
        let blobs = Blobs::configured(config).await?;
        let key = PrivatePlace::new(NOBODY)?.file("doctor.txt");
        blobs.put(&key, CONTENT).await?;
        let found = blobs.find(&key).await?;
        blobs.delete(&key).await?;
        anyhow::ensure!(found.as_deref() == Some(CONTENT), "what was written is not what is read");
        anyhow::Ok(())
    };
    match tokio::time::timeout(PATIENCE, tried).await {
        Ok(Ok(())) => Finding::ok(ABOUT, format!("{kind} takes, gives back and deletes files")),
        Ok(Err(error)) => {
            let advice = "mend the settings under [storage], or the rights there";
            Finding::failure(ABOUT, format!("{kind} does not work: {error:#}"), advice)
        }
        Err(_) => Finding::failure(ABOUT, format!("{kind} does not answer"), "is it running, and can it be reached?"),
    }
}

fn added_fonts(config: &Config) -> Finding {
    const ABOUT: &str = "fonts";
    match fonts::added(&fonts::folder(&config.storage.data_dir)) {
        Ok((added, complaints)) if complaints.is_empty() => {
            Finding::ok(ABOUT, format!("{} in the program, {} files added", fonts::bundled(true).count(), added.len()))
        }
        Ok((_, complaints)) => Finding::warning(ABOUT, complaints.join("; "), "replace these files, or remove them"),
        Err(error) => Finding::failure(ABOUT, error.to_string(), "let the user that runs handbill read the folder"),
    }
}

/// Draws a starter in a real engine process.
async fn engine(config: &Config) -> Finding {
    const ABOUT: &str = "engine";
    let started = Instant::now();
    let tried = async {
        let renderer = Renderer::with_engine(config, EngineOptions { workers: 1, ..engine_options(config)? })?;
        let stored =
            Arc::clone(renderer.templates.iter().next().ok_or_else(|| anyhow::anyhow!("there is no starter"))?);
        let sample = BindOptions { preview: true, ..BindOptions::default() };
        let bound = native::bind(&stored.compiled, &NativeData::default(), &sample)?;
        let drawn = draw(&renderer, &stored, bound, &DrawOptions::new(Format::Png), |_| ()).await;
        renderer.engine.stop(Duration::from_secs(1)).await;
        anyhow::Ok(drawn.map(|drawn| drawn.rendered.pictures.len())?)
    };
    match tried.await {
        Ok(pictures) => {
            let ms = started.elapsed().as_millis();
            Finding::ok(ABOUT, format!("a process was started and drew a starter ({pictures} pictures) in {ms} ms"))
        }
        Err(error) => {
            let advice = "may this program start itself again, and is there memory left (engine.memory_mb)?";
            Finding::failure(ABOUT, format!("it does not draw: {error:#}"), advice)
        }
    }
}
