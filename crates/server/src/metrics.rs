//! What a process counts of itself while it works, in the form that Prometheus reads. What can be looked up when somebody
//! asks (the queue, the engine processes, memory) is not counted here but measured in `metrics::now`.

mod now;

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

pub(crate) use now::measure;

/// Seconds: from 1 ms to about a minute.
const SECONDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

/// The counters of this process. Cheap to clone; clones count together.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Counters>);

struct Counters {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Family<RouteLabels, Histogram>,
    attempts: Family<AttemptLabels, Counter>,
    render_seconds: Histogram,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    method: String,
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct AttemptLabels {
    outcome: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let timed = || Histogram::new(SECONDS);
        let requests = Family::default();
        let request_seconds = Family::new_with_constructor(timed as fn() -> Histogram);
        let attempts = Family::default();
        let render_seconds = timed();
        let mut registry = Registry::with_prefix("handbill");
        registry.register("http_requests", "Requests answered, by route and status", requests.clone());
        registry.register("http_request_seconds", "Time to the answer's first byte", request_seconds.clone());
        registry.register(
            "render_attempts",
            "Attempts at renders: completed, failed, or to be tried again",
            attempts.clone(),
        );
        registry.register(
            "render_seconds",
            "Time to draw and keep a render that was completed",
            render_seconds.clone(),
        );
        Metrics(Arc::new(Counters { registry, requests, request_seconds, attempts, render_seconds }))
    }
}

impl Metrics {
    /// A request was answered. `route` is the router's pattern, never the path: there are as many paths as files.
    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let (method, route) = (method.to_owned(), route.to_owned());
        let labels = RequestLabels { method: method.clone(), route: route.clone(), status };
        self.0.requests.get_or_create(&labels).inc();
        self.0.request_seconds.get_or_create(&RouteLabels { method, route }).observe(took.as_secs_f64());
    }

    /// An attempt at a render came to an end: `completed`, `failed`, or `again`.
    pub(crate) fn attempted(&self, outcome: &'static str, took: Duration) {
        self.0.attempts.get_or_create(&AttemptLabels { outcome }).inc();
        if outcome == "completed" {
            self.0.render_seconds.observe(took.as_secs_f64());
        }
    }

    /// All counters in the text format, `# EOF` not included: what is measured now follows.
    fn encode(&self) -> String {
        let mut out = String::new();
        text::encode_registry(&mut out, &self.0.registry).expect("a String takes everything");
        out
    }
}
