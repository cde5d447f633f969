//! Work that must come to an end. What hangs cannot be stopped from within, so the process is, after it said why.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// Far beyond what an attempt takes on a busy machine; what hangs never gets here.
const PATIENCE: Duration = Duration::from_secs(120);

/// Ends the process when it is not told of progress for too long.
pub struct Watch(Sender<String>);

impl Watch {
    #[must_use]
    pub fn start() -> Watch {
        let (sender, receiver) = channel::<String>();
        thread::spawn(move || {
            let mut current = "nothing yet".to_owned();
            loop {
                match receiver.recv_timeout(PATIENCE) {
                    Ok(next) => current = next,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        eprintln!("{current} has not come to an end in {PATIENCE:?}");
                        std::process::abort();
                    }
                }
            }
        });
        Watch(sender)
    }

    /// What is begun now.
    pub fn on(&self, what: String) {
        let _ = self.0.send(what);
    }
}
