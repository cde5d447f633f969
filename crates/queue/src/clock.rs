//! Which clock decides. PostgreSQL: the server's, in the statements themselves, so that processes need not agree.
//! SQLite: this process's, and for leases the steady one, which nobody can set.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use handbill_db::Dialect;

/// The arguments that statements take for a time: on SQLite the time itself, on PostgreSQL what is added to the
/// server's own, which is 0 but in tests.
pub(crate) struct Clock {
    dialect: Dialect,
    begun: Instant,
    #[cfg(any(test, feature = "testing"))]
    jumped_ms: std::sync::atomic::AtomicI64,
}

impl Clock {
    pub(crate) fn new(dialect: Dialect) -> Clock {
        Clock {
            dialect,
            begun: Instant::now(),
            #[cfg(any(test, feature = "testing"))]
            jumped_ms: std::sync::atomic::AtomicI64::new(0),
        }
    }

    /// For the time of day: `$n` on SQLite, `queue_now_ms() + $n` on PostgreSQL.
    pub(crate) fn day(&self) -> i64 {
        self.jumped()
            + match self.dialect {
                Dialect::Sqlite => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, whole_ms),
                Dialect::Postgres => 0,
            }
    }

    /// For leases, likewise.
    pub(crate) fn lease(&self) -> i64 {
        self.jumped()
            + match self.dialect {
                Dialect::Sqlite => whole_ms(self.begun.elapsed()),
                Dialect::Postgres => 0,
            }
    }

    #[cfg(any(test, feature = "testing"))]
    fn jumped(&self) -> i64 {
        self.jumped_ms.load(std::sync::atomic::Ordering::Relaxed)
    }

    #[cfg(not(any(test, feature = "testing")))]
    #[allow(clippy::unused_self)]
    fn jumped(&self) -> i64 {
        0
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn jump(&self, by: Duration) {
        self.jumped_ms.fetch_add(whole_ms(by), std::sync::atomic::Ordering::Relaxed);
    }
}

pub(crate) fn whole_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
