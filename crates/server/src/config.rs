//! The settings, as types. Their list, defaults and documentation are `config.default.toml`; a test holds the two together.
//!
//! Reading never stops at the first fault: `Config::load` answers with the settings or with everything that is wrong.

mod fault;
mod layers;
mod network;
mod s3;
mod settings;
mod source;
mod value;

use std::net::SocketAddr;
use std::path::PathBuf;

use handbill_db::{InvalidUrl, Target};

pub use fault::{Fault, Faults, Place};
pub use network::Network;
pub use s3::S3;
pub use settings::{Setting, Settings};
pub use source::Sources;
pub use value::{FileLinks, LogFormat, LogLevel, PublicUrl, Secret};

/// SQLite's file in the data folder.
const DATABASE_FILE: &str = "handbill.db";

/// The embedded defaults, with a comment for every key.
pub const DEFAULTS: &str = include_str!("../config.default.toml");

#[derive(Clone, Debug)]
pub struct Config {
    pub server: Server,
    pub storage: Storage,
    pub retention: Retention,
    pub database: Database,
    pub engine: Engine,
    pub limits: Limits,
    pub outbound: Outbound,
    pub generate: Generate,
    pub queue: Queue,
    pub metrics: Metrics,
    pub log: Log,
}

#[derive(Clone, Debug)]
pub struct Server {
    pub listen: SocketAddr,
    /// `None`: made from `listen`, see [`Server::base_url`].
    pub public_url: Option<PublicUrl>,
    /// `None`: generated, see `App::secrets`.
    pub secret_key: Option<Secret>,
    pub body_limit_bytes: usize,
    pub max_connections: usize,
    pub header_timeout_ms: u64,
    pub body_timeout_ms: u64,
    pub drain_timeout_ms: u64,
}

#[derive(Clone, Debug)]
pub struct Storage {
    pub data_dir: PathBuf,
    /// `None`: files are in the data folder.
    pub s3: Option<S3>,
}

/// 0 is for ever, or never.
#[derive(Clone, Debug)]
pub struct Retention {
    pub results_days: u32,
    pub uploads_days: u32,
    pub orphans_hours: u32,
}

#[derive(Clone, Debug)]
pub struct Database {
    /// `None`: SQLite in the data folder.
    pub url: Option<Secret>,
    pub max_connections: u32,
    pub acquire_timeout_ms: u64,
}

#[derive(Clone, Debug)]
pub struct Engine {
    /// 0: one for each core, see [`Engine::worker_count`].
    pub workers: usize,
    pub memory_mb: u64,
    pub deadline_ms: u64,
    pub extra_fonts: bool,
}

#[derive(Clone, Debug)]
pub struct Limits {
    pub max_slides: usize,
    pub max_pixels: u64,
}

#[derive(Clone, Debug)]
pub struct Outbound {
    pub allow_networks: Vec<Network>,
    pub timeout_ms: u64,
    pub connect_timeout_ms: u64,
    pub max_bytes: u64,
    pub max_hops: u32,
    pub cache_bytes: u64,
}

#[derive(Clone, Debug)]
pub struct Generate {
    pub timeout_ms: u64,
}

#[derive(Clone, Debug)]
pub struct Queue {
    /// 0: as many as there are.
    pub max_waiting: u64,
    pub max_waiting_per_account: u64,
}

#[derive(Clone, Debug)]
pub struct Metrics {
    /// `None`: anybody may read them.
    pub token: Option<Secret>,
}

#[derive(Clone, Debug)]
pub struct Log {
    pub format: LogFormat,
    pub level: LogLevel,
}

impl Config {
    /// Reads every source and answers with the configuration, or with all the faults that were found.
    pub fn load(sources: &Sources) -> Result<(Config, Settings), Faults> {
        let mut settings = Settings::read(sources);
        let config = Config::take(&mut settings);
        let mut faults = std::mem::take(&mut settings.faults);
        faults.0.sort_by(|a, b| a.place.cmp(&b.place));
        if faults.0.is_empty() { Ok((config, settings)) } else { Err(faults) }
    }

    /// The defaults alone, whatever the environment says.
    pub fn defaults() -> Config {
        Config::take(&mut Settings::read(&Sources::default()))
    }

    /// Which database is meant: the one of `database.url`, else a file in the data folder.
    pub fn database_target(&self) -> Result<Target, InvalidUrl> {
        match &self.database.url {
            Some(url) => Target::parse(url.reveal()),
            None => Ok(Target::Sqlite(self.storage.data_dir.join(DATABASE_FILE))),
        }
    }

    fn take(s: &mut Settings) -> Config {
        const DAY_MS: u64 = 86_400_000;
        Config {
            server: Server {
                listen: s.take_address("server.listen"),
                public_url: s.take_unless_empty("server.public_url"),
                secret_key: s.take_secret("server.secret_key", 32),
                body_limit_bytes: s.take_in("server.body_limit_bytes", 1024..=1 << 30),
                max_connections: s.take_in("server.max_connections", 1..=1_000_000),
                header_timeout_ms: s.take_in("server.header_timeout_ms", 100..=DAY_MS),
                body_timeout_ms: s.take_in("server.body_timeout_ms", 100..=DAY_MS),
                drain_timeout_ms: s.take_in("server.drain_timeout_ms", 0..=DAY_MS),
            },
            storage: Storage { data_dir: s.take_path("storage.data_dir"), s3: S3::take(s) },
            retention: Retention {
                results_days: s.take_in("retention.results_days", 0..=36_500),
                uploads_days: s.take_in("retention.uploads_days", 0..=36_500),
                orphans_hours: s.take_in("retention.orphans_hours", 0..=8_760),
            },
            database: Database {
                url: s.take_database_url("database.url"),
                max_connections: s.take_in("database.max_connections", 1..=1000),
                acquire_timeout_ms: s.take_in("database.acquire_timeout_ms", 100..=DAY_MS),
            },
            engine: Engine {
                workers: s.take_in("engine.workers", 0..=1024),
                memory_mb: s.take_in("engine.memory_mb", 64..=1 << 20),
                deadline_ms: s.take_in("engine.deadline_ms", 100..=DAY_MS),
                extra_fonts: s.take("engine.extra_fonts"),
            },
            limits: Limits {
                max_slides: s.take_in("limits.max_slides", 1..=10_000),
                max_pixels: s.take_in("limits.max_pixels", 1..=1_000_000_000),
            },
            outbound: Outbound {
                allow_networks: s.take("outbound.allow_networks"),
                timeout_ms: s.take_in("outbound.timeout_ms", 100..=DAY_MS),
                connect_timeout_ms: s.take_in("outbound.connect_timeout_ms", 100..=DAY_MS),
                max_bytes: s.take_in("outbound.max_bytes", 1024..=1 << 32),
                max_hops: s.take_in("outbound.max_hops", 0..=20),
                cache_bytes: s.take_in("outbound.cache_bytes", 0..=1 << 42),
            },
            generate: Generate { timeout_ms: s.take_in("generate.timeout_ms", 100..=DAY_MS) },
            queue: Queue {
                max_waiting: s.take_in("queue.max_waiting", 0..=1_000_000_000),
                max_waiting_per_account: s.take_in("queue.max_waiting_per_account", 0..=1_000_000_000),
            },
            metrics: Metrics { token: s.take_secret("metrics.token", 16) },
            log: Log { format: s.take("log.format"), level: s.take("log.level") },
        }
    }
}

impl Server {
    /// What links begin with, without a slash at the end.
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.as_str().to_owned(),
            None => format!("http://{}", self.listen),
        }
    }
}

impl Engine {
    /// Processes to keep: as configured, or one for each core.
    pub fn worker_count(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n => n,
        }
    }
}

#[cfg(test)]
mod tests;
