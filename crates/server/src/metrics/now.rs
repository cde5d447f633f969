//! What is true at the moment of asking: the queue, the engine processes, the process itself.

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::actions::render::queue_stats::{QueueStats, queue_stats};
use crate::app::App;

/// Whoever asks is not kept waiting for a database that does not answer.
const PATIENCE: Duration = Duration::from_secs(2);
const UP: &str = "database_up";
const UP_HELP: &str = "1 when the database answers";

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct State {
    state: &'static str,
}

/// Everything that is known, counted and measured, in OpenMetrics' text format.
pub(crate) async fn measure(app: &App) -> String {
    let mut registry = Registry::with_prefix("handbill");
    registry.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
    engine(app, &mut registry);
    match tokio::time::timeout(PATIENCE, queue_stats(app)).await {
        Ok(Ok(stats)) => queue(&stats, &mut registry),
        _ => registry.register(UP, UP_HELP, ConstGauge::new(0)),
    }
    if let Some(bytes) = resident_bytes() {
        registry.register(
            "resident_memory_bytes",
            "Memory of this process, without the engine's",
            ConstGauge::new(bytes),
        );
    }
    let mut out = app.metrics.encode();
    text::encode(&mut out, &registry).expect("a String takes everything");
    out
}

fn engine(app: &App, registry: &mut Registry) {
    let usage = app.renderer.engine.usage();
    let orders: Family<State, Gauge> = Family::default();
    for (state, count) in [("rendering", usage.rendering), ("waiting", usage.waiting)] {
        orders.get_or_create(&State { state }).set(i64::try_from(count).unwrap_or(i64::MAX));
    }
    registry.register("engine_orders", "Renders that the engine processes have, or that wait for one", orders);
    let most = i64::try_from(usage.workers).unwrap_or(i64::MAX);
    registry.register("engine_processes_max", "Engine processes at most", ConstGauge::new(most));
    let starts = i64::try_from(usage.started).unwrap_or(i64::MAX);
    registry.register(
        "engine_starts",
        "Engine processes that were started, replacements included",
        ConstGauge::new(starts),
    );
}

fn queue(stats: &QueueStats, registry: &mut Registry) {
    registry.register(UP, UP_HELP, ConstGauge::new(1));
    let jobs: Family<State, Gauge> = Family::default();
    let counts = &stats.counts;
    for (state, count) in [("waiting", counts.waiting), ("delayed", counts.delayed), ("active", counts.active)] {
        jobs.get_or_create(&State { state }).set(count);
    }
    registry.register("queue_jobs", "Renders that are not done, of all processes together", jobs);
    registry.register("queue_workers", "Processes that work on jobs", ConstGauge::new(counts.workers));
    let seconds = i64::try_from(stats.estimated_wait.as_secs()).unwrap_or(i64::MAX);
    registry.register(
        "queue_wait_seconds",
        "How long a render that is asked for now will take",
        ConstGauge::new(seconds),
    );
}

/// From the kernel's own table, where there is one.
fn resident_bytes() -> Option<i64> {
    const PAGE_BYTES: i64 = 4096;
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    pages.split_whitespace().nth(1)?.parse::<i64>().ok().map(|pages| pages * PAGE_BYTES)
}
