//! Where the processes of a cluster keep things: a database and a bucket of their own.

use handbill_db::Db;
use handbill_db::testing::POSTGRES_URL;
use reqwest::Url;
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use std::time::Duration;

pub(crate) const S3_URL: &str = "HANDBILL_TEST_S3_URL";

/// The settings that all processes share, as environment variables.
pub(crate) async fn settings(db: &Db) -> Vec<(&'static str, String)> {
    let mut conn = db.read().await.unwrap();
    let (database,) = conn.one::<(String,)>("SELECT CAST(current_database() AS TEXT)", ()).await.unwrap();
    let mut url = Url::parse(&std::env::var(POSTGRES_URL).unwrap()).unwrap();
    url.set_path(&database);
    let mut store = Url::parse(&std::env::var(S3_URL).unwrap()).unwrap();
    let (key, secret) = (store.username().to_owned(), store.password().unwrap_or_default().to_owned());
    store.set_username("").unwrap();
    store.set_password(None).unwrap();
    let bucket = database.replace('_', "-");
    make_bucket(&store, &bucket, &Credentials::new(&key, &secret)).await;
    vec![
        ("HANDBILL__DATABASE__URL", url.to_string()),
        ("HANDBILL__SERVER__SECRET_KEY", "the same secret in every process of it".to_owned()),
        ("HANDBILL__STORAGE__S3__ENDPOINT", store.to_string()),
        ("HANDBILL__STORAGE__S3__BUCKET", bucket),
        ("HANDBILL__STORAGE__S3__ACCESS_KEY", key),
        ("HANDBILL__STORAGE__S3__SECRET_KEY", secret),
        ("HANDBILL__ENGINE__WORKERS", "1".to_owned()),
        ("HANDBILL__ENGINE__EXTRA_FONTS", "false".to_owned()),
        ("HANDBILL__LOG__LEVEL", "error".to_owned()),
    ]
}

async fn make_bucket(endpoint: &Url, name: &str, credentials: &Credentials) {
    let bucket = Bucket::new(endpoint.clone(), UrlStyle::Path, name.to_owned(), "us-east-1").unwrap();
    let url = bucket.create_bucket(credentials).sign(Duration::from_secs(60));
    let answer = reqwest::Client::new().put(url).send().await.unwrap();
    assert!(answer.status().is_success(), "no bucket: {}", answer.status());
}
