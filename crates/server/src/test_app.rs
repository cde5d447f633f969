//! An [`App`] for tests, on the database that `db_test!` hands out. Nothing of it is left on the disk.

use handbill_db::Db;

use crate::app::App;
use crate::config::{Config, Secret};

pub(crate) async fn test_app(db: Db) -> App {
    let mut config = Config::defaults();
    // Configured, so that no data folder is needed.
    config.server.secret_key = Some(Secret::new("a secret for tests, and for them alone"));
    App::on(config, db).await.expect("an empty database can be migrated")
}
