//! What works on jobs: one file for each kind, with its lane (what is done) and its end (what is written when one ends).
//! This file is the list of them.

pub mod render;

use std::time::Duration;

use handbill_db::Db;
use handbill_queue::{Hooks, Options, Prune, Queue, Worker, Working};

use crate::app::App;
use crate::blobs::Blobs;
use crate::config::Config;
use crate::ended::Ended;

const KEEP_DONE: Duration = Duration::from_secs(60 * 60);
/// They can be replayed for so long.
const KEEP_DEAD: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The queue, with the limits and the ends of every kind.
pub(crate) fn queue(db: &Db, config: &Config, blobs: &Blobs, ended: &Ended) -> Queue {
    let mut options = Options::default();
    options.limits.insert(render::KIND.to_owned(), render::limits(&config.queue));
    let hooks = Hooks::default();
    let hooks = render::with_end(hooks, db, blobs, ended);
    Queue::new(db.clone(), options, hooks)
}

/// Begins to work on jobs of every kind.
pub async fn start(app: &App) -> handbill_queue::Result<Working> {
    let worker = Worker::new(app.queue.clone()).lane(render::lane(app));
    // What a job has led to is kept with its render, by rules of its own.
    worker.keep(Prune::Done, KEEP_DONE).keep(Prune::Dead, KEEP_DEAD).start().await
}
