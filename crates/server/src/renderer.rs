//! What turns a request into pictures: the templates, the way out for pictures, the engine processes. It needs no
//! database, so the command line renders with it too. How they work together: `actions::draw`.

use std::sync::Arc;

use handbill_render::Limits;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Config;
use crate::engine::{EngineOptions, EnginePool};
use crate::fetch::{FetchOptions, Fetcher};
use crate::fonts;
use crate::templates::Templates;

/// Requests that may wait for each engine process. One more is told to come again: it would wait longer than anybody does.
const WAITING_PER_WORKER: usize = 32;
/// Requests for each engine process that may hold their pictures in memory: while one is drawn, others fetch theirs.
const UNDER_WAY_PER_WORKER: usize = 4;

/// Cheap to clone.
#[derive(Clone)]
pub struct Renderer {
    pub templates: Templates,
    pub engine: EnginePool,
    pub fetcher: Fetcher,
    pub limits: Limits,
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

/// Held by a request while it is worked on.
pub struct Turn {
    _place: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

impl Renderer {
    /// With engine processes of this program; none is started yet.
    pub fn new(config: &Config) -> anyhow::Result<Renderer> {
        Renderer::with_engine(config, engine_options(config)?)
    }

    pub fn with_engine(config: &Config, options: EngineOptions) -> anyhow::Result<Renderer> {
        let limits = Limits {
            max_slides: config.limits.max_slides,
            max_output_pixels: config.limits.max_pixels,
            max_image_pixels: config.limits.max_pixels,
            ..Limits::default()
        };
        let workers = options.workers.max(1);
        let places = workers.saturating_add(options.max_waiting).min(Semaphore::MAX_PERMITS);
        Ok(Renderer {
            places: Arc::new(Semaphore::new(places)),
            turns: Arc::new(Semaphore::new((workers * UNDER_WAY_PER_WORKER).min(places))),
            templates: Templates::starters()?,
            engine: EnginePool::new(options),
            fetcher: Fetcher::new(FetchOptions::from(config))?,
            limits,
        })
    }

    /// Waits until a request may be worked on; nothing when too many wait already.
    pub async fn turn(&self) -> Option<Turn> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.ok()?;
        Some(Turn { _place: place, _turn: turn })
    }
}

/// As configured, with the fonts that were added; a broken one is logged and left out.
pub fn engine_options(config: &Config) -> anyhow::Result<EngineOptions> {
    let (added, complaints) = fonts::added(&fonts::folder(&config.storage.data_dir))?;
    for complaint in complaints {
        tracing::warn!("{complaint}");
    }
    let options = EngineOptions::from(&config.engine);
    Ok(EngineOptions { added_fonts: added.into(), max_waiting: options.workers * WAITING_PER_WORKER, ..options })
}
