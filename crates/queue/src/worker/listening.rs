//! Hears from other processes, on PostgreSQL, that there are jobs.

use std::sync::Arc;
use std::time::Duration;

use super::shift::Shift;
use crate::wake::CHANNEL;

const PAUSE: Duration = Duration::from_secs(5);

pub(crate) async fn run(shift: Arc<Shift>) {
    tokio::select! {
        () = listen(&shift) => {}
        () = shift.draining() => {}
    }
}

/// Ends at once on SQLite, where there is nobody to hear from. Without it, as behind a pooler, polling finds the jobs.
async fn listen(shift: &Shift) {
    let wake = &shift.queue.0.wake;
    loop {
        match shift.queue.db().listen(CHANNEL).await {
            Ok(None) => return,
            Ok(Some(mut listener)) => loop {
                match listener.next().await {
                    Ok(Some(kind)) => wake.ring(&kind),
                    Ok(None) => wake.ring_all(),
                    Err(error) => {
                        tracing::debug!(%error, "listening for jobs was interrupted");
                        break;
                    }
                }
            },
            Err(error) => tracing::debug!(%error, "cannot listen for jobs; polling finds them"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
