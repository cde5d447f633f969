//! What the program depends on, in one place: given to every action, worker and handler. Cheap to clone.

use std::fs::DirBuilder;
use std::io;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use handbill_db::{Db, OpenOptions, Target};
use handbill_queue::Queue;

use crate::actions::render::estimate::LastPace;
use crate::actions::token::LastUse;
use crate::blobs::{BlobKey, Blobs, Links};
use crate::config::Config;
use crate::ended::Ended;
use crate::metrics::Metrics;
use crate::recent::Recent;
use crate::renderer::Renderer;
use crate::secrets::Secrets;
use crate::store;
use crate::templates::StoredTemplate;
use crate::workers;

/// Prepared templates and fonts of accounts that stay in memory.
const TEMPLATES_BYTES: usize = 256 << 20;
const FONTS_BYTES: usize = 64 << 20;

#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`], reached as its fields.
pub struct Parts {
    pub config: Config,
    pub db: Db,
    pub secrets: Secrets,
    pub renderer: Renderer,
    pub blobs: Blobs,
    /// What addresses files have.
    pub links: Links,
    pub queue: Queue,
    pub(crate) ended: Ended,
    pub(crate) pace: LastPace,
    pub(crate) last_use: LastUse,
    pub(crate) metrics: Metrics,
    /// By number and version.
    pub(crate) templates: Recent<(i64, i64), Arc<StoredTemplate>>,
    pub(crate) font_files: Recent<BlobKey, Arc<[u8]>>,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Makes the data folder if it is missing, opens the database and brings its tables up to date.
    pub async fn open(config: Config) -> anyhow::Result<App> {
        let data_dir = &config.storage.data_dir;
        make_private_dir(data_dir)
            .with_context(|| format!("cannot make the data folder {} (storage.data_dir)", data_dir.display()))?;
        let target = config.database_target().context("database.url")?;
        let options = OpenOptions {
            max_connections: config.database.max_connections,
            acquire_timeout: Duration::from_millis(config.database.acquire_timeout_ms),
        };
        let db = Db::open(&target, &options).await?;
        App::on(config, db).await
    }

    /// Whether there is something to open: a database elsewhere, or one in the data folder.
    pub(crate) fn is_there(config: &Config) -> bool {
        match config.database_target() {
            Ok(Target::Sqlite(path)) => path.is_file(),
            Ok(Target::Postgres(_)) => true,
            Err(_) => false,
        }
    }

    /// The same on a database that is open already.
    pub async fn on(config: Config, db: Db) -> anyhow::Result<App> {
        let renderer = Renderer::new(&config)?;
        App::with(config, db, renderer).await
    }

    /// The same with a renderer that was made elsewhere.
    pub async fn with(config: Config, db: Db, renderer: Renderer) -> anyhow::Result<App> {
        let blobs = Blobs::configured(&config).await?;
        let secrets = Secrets::open(&config)?;
        let links = blobs.links(config.server.base_url(), &secrets);
        let applied = db.migrate(store::OWNER, store::MIGRATIONS).await?;
        let applied = [applied, Queue::migrate(&db).await?].concat();
        if !applied.is_empty() {
            tracing::debug!(migrations = applied.join(", "), "brought the database up to date");
        }
        let ended = Ended::default();
        let queue = workers::queue(&db, &config, &blobs, &ended);
        Ok(App(Arc::new(Parts {
            config,
            db,
            secrets,
            renderer,
            blobs,
            links,
            queue,
            ended,
            pace: LastPace::default(),
            last_use: LastUse::default(),
            metrics: Metrics::default(),
            templates: Recent::new(TEMPLATES_BYTES),
            font_files: Recent::new(FONTS_BYTES),
        })))
    }
}

/// For its owner alone: there are secrets in it.
fn make_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
