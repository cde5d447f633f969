//! An [`App`] for tests, on the database that `db_test!` hands out. Nothing of it is left on the disk.

use std::ops::Deref;

use handbill_db::Db;
use tempfile::TempDir;

use crate::app::App;
use crate::config::{Config, Secret};

pub(crate) struct TestApp {
    app: App,
    _data_dir: TempDir,
}

impl Deref for TestApp {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

pub(crate) async fn test_app(db: Db) -> TestApp {
    test_app_with(db, |_| ()).await
}

pub(crate) async fn test_app_with(db: Db, change: impl FnOnce(&mut Config)) -> TestApp {
    let data_dir = tempfile::tempdir().expect("a temporary folder");
    let mut config = Config::defaults();
    config.storage.data_dir = data_dir.path().to_owned();
    config.server.secret_key = Some(Secret::new("a secret for tests, and for them alone"));
    change(&mut config);
    let app = App::on(config, db).await.expect("an empty database can be migrated");
    TestApp { app, _data_dir: data_dir }
}
