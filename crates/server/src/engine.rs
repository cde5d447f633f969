//! The engine in processes of its own: a fixed number of them, each rendering one order at a time with its caches kept
//! warm, limited in memory and time, and replaced when it dies. What one order does to its process is that order's
//! failure and nobody else's. What rendering is, `handbill_render` knows; this only carries orders to it.

pub mod child;
mod confine;
mod error;
mod frame;
mod process;
mod wire;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use handbill_render::{Input, Progress, Rendered};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

pub use error::EngineError;

use process::{Death, Ending, Process};

use crate::fonts::AddedFont;

/// How many processes, and what each may use.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    pub workers: usize,
    /// Orders that may wait for a free process; one more is `Busy`.
    pub max_waiting: usize,
    /// What a process may use beyond the program itself.
    pub memory_mb: u64,
    /// For one order, from when a process has it.
    pub deadline_ms: u64,
    pub extra_fonts: bool,
    /// Beside those in the program; the same for every process, whatever happens to the files meanwhile.
    pub added_fonts: Arc<[AddedFont]>,
    /// What to run as an engine process: a program whose `args` lead to `child::serve`.
    pub program: PathBuf,
    pub args: Vec<String>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            workers: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            max_waiting: 1_000,
            memory_mb: 1_024,
            deadline_ms: 30_000,
            extra_fonts: true,
            added_fonts: Arc::default(),
            program: process::this_program(),
            args: vec!["engine-worker".to_owned()],
        }
    }
}

impl From<&crate::config::Engine> for EngineOptions {
    fn from(engine: &crate::config::Engine) -> Self {
        Self {
            workers: engine.worker_count(),
            memory_mb: engine.memory_mb,
            deadline_ms: engine.deadline_ms,
            extra_fonts: engine.extra_fonts,
            ..Self::default()
        }
    }
}

/// What a process made of an order.
#[derive(Debug)]
pub struct Served {
    pub rendered: Rendered,
    /// From when it had a process: without the wait for one.
    pub took: Duration,
}

/// The engine processes. Cheap to clone; clones share them. They end with the last clone.
#[derive(Clone)]
pub struct EnginePool {
    shared: Arc<Shared>,
}

struct Shared {
    options: EngineOptions,
    /// The one used last is on top: its caches are the warmest.
    idle: Mutex<Vec<Process>>,
    turns: Semaphore,
    /// Orders that wait or are being rendered.
    orders: AtomicUsize,
    order_ended: Notify,
    /// Tells orders under way that nobody waits for them any longer.
    cut_off: Notify,
    /// Processes started so far.
    started: AtomicU64,
}

/// How busy the pool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Processes at most.
    pub workers: usize,
    /// Orders that a process has.
    pub rendering: usize,
    /// Orders that wait for one.
    pub waiting: usize,
    /// Processes started so far; more than `workers` means that some were replaced.
    pub started: u64,
}

impl EnginePool {
    /// Starts no process yet; see [`warm`](Self::warm).
    pub fn new(options: EngineOptions) -> Self {
        let workers = options.workers.max(1);
        let options = EngineOptions { workers, ..options };
        let shared = Shared {
            options,
            idle: Mutex::default(),
            turns: Semaphore::new(workers),
            orders: AtomicUsize::new(0),
            order_ended: Notify::new(),
            cut_off: Notify::new(),
            started: AtomicU64::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Starts one process, so that the first order does not wait for it, and so that one that cannot be started is
    /// found out now. The others start when they are needed.
    pub async fn warm(&self) -> Result<(), EngineError> {
        let process = self.shared.start().await?;
        self.shared.idle().push(process);
        Ok(())
    }

    pub fn usage(&self) -> Usage {
        let workers = self.shared.options.workers;
        let orders = self.shared.orders.load(Ordering::Acquire);
        let rendering = workers.saturating_sub(self.shared.turns.available_permits()).min(orders);
        let started = self.shared.started.load(Ordering::Relaxed);
        Usage { workers, rendering, waiting: orders - rendering, started }
    }

    /// Renders in one of the processes, as soon as one is free. Dropping the future stops the render.
    pub async fn render(
        &self,
        input: &Input,
        mut on_progress: impl FnMut(Progress) + Send,
    ) -> Result<Served, EngineError> {
        let shared = &*self.shared;
        let _place = shared.take_place()?;
        let _turn = shared.turns.acquire().await.map_err(|_| EngineError::Stopping)?;
        let began = Instant::now();
        let limit_ms = shared.options.deadline_ms;
        let order = wire::order(input, limit_ms).map_err(|error| crashed(&error))?;
        let deadline = Instant::now() + Duration::from_millis(limit_ms);
        let mut cut_off = std::pin::pin!(shared.cut_off.notified());

        let mut process = match shared.idle_process() {
            Some(process) => process,
            None => shared.start().await?,
        };
        loop {
            let fresh = process.answered == 0;
            let ending = tokio::select! {
                ending = timeout_at(deadline, process.render(&order, &mut on_progress)) => {
                    ending.map_err(|_| EngineError::DeadlineExceeded { limit_ms })
                }
                () = &mut cut_off => Err(EngineError::Stopping),
            };
            let ending = match ending {
                Ok(ending) => ending,
                Err(error) => {
                    process.kill().await;
                    return Err(error);
                }
            };
            match ending {
                Ending::Answered(result) => {
                    shared.idle().push(process);
                    return Ok(Served { rendered: result?, took: began.elapsed() });
                }
                Ending::Panicked(text) => return Err(crashed(&format!("a panic: {text}"))),
                // What earlier orders left in its caches may have filled it, or it died before it saw the order:
                // a fresh one tells whether it was the order.
                Ending::Died { cause: Death::OutOfMemory, .. } | Ending::Died { started: false, .. } if !fresh => {
                    process = shared.start().await?;
                }
                Ending::Died { cause, .. } => return Err(shared.error_of(cause)),
            }
        }
    }

    /// Takes no further orders, gives those under way `grace` to end, and ends the processes.
    pub async fn stop(&self, grace: Duration) {
        self.shared.turns.close();
        let all_ended = async {
            loop {
                let ended = self.shared.order_ended.notified();
                if self.shared.orders.load(Ordering::Acquire) == 0 {
                    break;
                }
                ended.await;
            }
        };
        if timeout(grace, all_ended).await.is_err() {
            tracing::warn!("renders are still under way after {} ms; they are cut off", grace.as_millis());
            self.shared.cut_off.notify_waiters();
        }
        let idle = std::mem::take(&mut *self.shared.idle());
        let mut leaving = tokio::task::JoinSet::new();
        for process in idle {
            leaving.spawn(process.dismiss());
        }
        leaving.join_all().await;
    }
}

fn crashed(details: &impl std::fmt::Display) -> EngineError {
    let details = details.to_string();
    tracing::error!(details, "a render crashed its engine process");
    EngineError::Crashed { details }
}

/// An order's place, from its coming to its end.
struct Place<'a>(&'a Shared);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.orders.fetch_sub(1, Ordering::AcqRel);
        self.0.order_ended.notify_waiters();
    }
}

impl Shared {
    fn take_place(&self) -> Result<Place<'_>, EngineError> {
        let before = self.orders.fetch_add(1, Ordering::AcqRel);
        let place = Place(self);
        if before >= self.options.workers + self.options.max_waiting { Err(EngineError::Busy) } else { Ok(place) }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Process>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn idle_process(&self) -> Option<Process> {
        let mut idle = self.idle();
        std::iter::from_fn(|| idle.pop()).find_map(|mut process| process.is_alive().then_some(process))
    }

    async fn start(&self) -> Result<Process, EngineError> {
        self.started.fetch_add(1, Ordering::Relaxed);
        Process::start(&self.options).await.map_err(|error| {
            let details = format!("{} could not be run: {error}", self.options.program.display());
            tracing::error!(details, "no engine process");
            EngineError::Unavailable { details }
        })
    }

    fn error_of(&self, cause: Death) -> EngineError {
        match cause {
            Death::OutOfMemory => EngineError::OutOfMemory { limit_mb: self.options.memory_mb },
            Death::OutOfProcessorTime => EngineError::DeadlineExceeded { limit_ms: self.options.deadline_ms },
            Death::Other(details) => crashed(&details),
        }
    }
}
