//! Waiting out a database that is away for a moment: it is restarted, or another takes its place. Whoever asked meanwhile
//! waits a little longer and gets an answer.

use std::time::{Duration, Instant};

use super::ActionError;
use crate::app::App;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long one request goes on trying: as long as it would wait for a free connection.
pub(crate) struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    pub(crate) fn new(app: &App) -> Patience {
        let limit = Duration::from_millis(app.config.database.acquire_timeout_ms);
        Patience { until: Instant::now() + limit, pause: FIRST_PAUSE }
    }

    /// Pauses, and says that it is worth another try; or that it is not: the fault is another, or it has lasted too long.
    pub(crate) async fn outlasts(&mut self, error: &ActionError) -> bool {
        if !error.is_outage() || Instant::now() + self.pause > self.until {
            return false;
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }
}
