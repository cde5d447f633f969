//! How long a job rests after a failure.

use std::time::Duration;

/// First pause, doubled with every failure up to the longest one, each shortened by chance by up to a quarter, so that
/// jobs that failed together do not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    pub first: Duration,
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Backoff {
        Backoff { first: Duration::from_secs(5), longest: Duration::from_secs(3600) }
    }
}

impl Backoff {
    /// `failures` counts the one that just happened; `chance` is in 0..1.
    pub(crate) fn pause(&self, failures: i64, chance: f64) -> Duration {
        let doublings = u32::try_from(failures.max(1) - 1).unwrap_or(u32::MAX);
        let full = self.first.saturating_mul(2_u32.saturating_pow(doublings)).min(self.longest);
        full.mul_f64(1.0 - chance / 4.0)
    }
}

/// A number in 0..1. Falls back to the middle where the system gives no randomness: jitter is no secret.
pub(crate) fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |random| f64::from(random) / (f64::from(u32::MAX) + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_and_has_an_end() {
        let backoff = Backoff { first: Duration::from_secs(5), longest: Duration::from_secs(60) };
        for (failures, seconds) in [(0, 5), (1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 60), (1_000_000, 60)] {
            assert_eq!(backoff.pause(failures, 0.0), Duration::from_secs(seconds), "{failures}");
        }
    }

    #[test]
    fn chance_shortens_it_by_a_quarter_at_most() {
        let backoff = Backoff::default();
        for _ in 0..1000 {
            let chance = chance();
            assert!((0.0..1.0).contains(&chance));
            let pause = backoff.pause(2, chance);
            assert!(pause > Duration::from_millis(7500) && pause <= Duration::from_secs(10), "{pause:?}");
        }
    }
}
