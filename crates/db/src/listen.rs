//! PostgreSQL's LISTEN, for waking up sooner than by polling.

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

use crate::Result;

/// Hears a channel, see [`Db::listen`](crate::Db::listen). What is said while the connection is down is not heard.
pub struct Listener(PgListener);

impl Listener {
    pub(crate) async fn open(server: PgConnectOptions, channel: &str) -> Result<Listener> {
        // A pool of one: the listener connects through it again when it must.
        let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
        let mut listener = PgListener::connect_with(&pool.connect_with(server).await?).await?;
        listener.ignore_pool_close_event(true);
        listener.listen(channel).await?;
        Ok(Listener(listener))
    }

    /// Waits for the next message; `None` after the connection was lost and is back, since something may have been missed.
    pub async fn next(&mut self) -> Result<Option<String>> {
        Ok(self.0.try_recv().await?.map(|said| said.payload().to_owned()))
    }
}
