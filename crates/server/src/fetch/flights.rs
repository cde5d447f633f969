//! One fetch at a time for each thing: who asks for what is being fetched already waits for that. And for a moment after
//! a fetch that failed, the same answer: a dead host is not waited for by every row of a batch. In memory, of one process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use super::cache::CacheKey;
use super::{FetchFault, Fetched};

const REMEMBER: Duration = Duration::from_secs(5);
/// Past it what is over is cleared away, and then all of it.
const MOST_FAULTS: usize = 10_000;

type Outcome = Result<Fetched, FetchFault>;

#[derive(Debug, Default)]
pub(super) struct Flights {
    under_way: Mutex<HashMap<CacheKey, Arc<OnceCell<Outcome>>>>,
    failed: Mutex<HashMap<CacheKey, (Instant, FetchFault)>>,
}

impl Flights {
    /// Fetches, or waits for who does. When the one who fetches goes away, the next one begins anew.
    pub(super) async fn join(&self, key: CacheKey, fetch: impl Future<Output = Outcome>) -> Outcome {
        if let Some(fault) = self.fault(key) {
            return Err(fault);
        }
        let flight = Arc::clone(lock(&self.under_way).entry(key).or_default());
        let _landing = Landing { flights: self, key, flight: &flight };
        let outcome = flight.get_or_init(|| fetch).await.clone();
        if let Err(fault) = &outcome {
            self.note(key, fault);
        }
        outcome
    }

    fn fault(&self, key: CacheKey) -> Option<FetchFault> {
        let failed = lock(&self.failed);
        failed.get(&key).filter(|(at, _)| at.elapsed() < REMEMBER).map(|(_, fault)| fault.clone())
    }

    fn note(&self, key: CacheKey, fault: &FetchFault) {
        // What costs nothing to find out again is not remembered.
        if matches!(fault, FetchFault::BadUrl(_) | FetchFault::AddressNotAllowed) {
            return;
        }
        let mut failed = lock(&self.failed);
        if failed.len() >= MOST_FAULTS {
            failed.retain(|_, (at, _)| at.elapsed() < REMEMBER);
        }
        if failed.len() >= MOST_FAULTS {
            failed.clear();
        }
        failed.insert(key, (Instant::now(), fault.clone()));
    }
}

/// The last one to leave clears the flight away, also when it is dropped half-way.
struct Landing<'a> {
    flights: &'a Flights,
    key: CacheKey,
    flight: &'a Arc<OnceCell<Outcome>>,
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        let mut under_way = lock(&self.flights.under_way);
        // One is the map's, one is ours: whoever comes next has to lock the map first.
        let is_last = Arc::strong_count(self.flight) <= 2;
        if self.flight.initialized() || is_last {
            // Unless it is a later one's already.
            if under_way.get(&self.key).is_some_and(|flight| Arc::ptr_eq(flight, self.flight)) {
                under_way.remove(&self.key);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
