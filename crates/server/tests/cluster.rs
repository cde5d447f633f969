//! Two processes that answer and two that work, on one PostgreSQL database and one S3 bucket, under a mixed load. In the
//! middle of it one of each is killed, and then the database is restarted: nothing is lost, and whoever lives answers no
//! request with a fault of the server.
//!
//! A file of its own, with one test: the database that it restarts serves the others, too.

#[path = "cluster/client.rs"]
mod client;
#[path = "cluster/place.rs"]
mod place;
#[path = "cluster/process.rs"]
mod process;

use std::collections::BTreeSet;
use std::process::Command;

use handbill_db::Db;
use handbill_db::testing::{cluster, on_postgres};
use tokio::task::JoinSet;

use client::Client;
use process::Process;

/// Renders asked for before, and after, something is taken away.
const BEFORE: usize = 16;
const AFTER: usize = 16;
/// A shell command that restarts the test cluster.
const RESTART: &str = "HANDBILL_TEST_POSTGRES_RESTART";

#[test]
fn nothing_is_lost_when_processes_are_killed_and_the_database_is_restarted() {
    if cluster().is_none() {
        return;
    }
    for needed in [place::S3_URL, RESTART] {
        if std::env::var(needed).is_err() {
            assert!(std::env::var("CI").is_err(), "{needed} is not set, and in CI nothing may be left out");
            eprintln!("left out: {needed} is not set; `cargo xtask test` sets it");
            return;
        }
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    on_postgres(survive);
}

async fn survive(db: Db) {
    let mut settings = place::settings(&db).await;
    let api = Process::start("api", &settings);
    settings.push(("HANDBILL__SERVER__PUBLIC_URL", api.url.clone()));
    let mut doomed_api = Process::start("api", &settings);
    let _worker = Process::start("worker", &settings);
    let mut doomed_worker = Process::start("worker", &settings);
    let token = api.token.clone().expect("the first start makes a token");

    let both = Client::new(&token, vec![api.url.clone(), doomed_api.url.clone()]);
    let mut ids = asked(&both, 0..BEFORE).await;
    let load = tokio::spawn({
        let both = both.clone();
        async move { asked(&both, BEFORE..BEFORE + AFTER).await }
    });
    doomed_worker.kill();
    doomed_api.kill();
    ids.extend(load.await.unwrap());

    let survivor = Client::new(&token, vec![api.url.clone()]);
    let load = tokio::spawn({
        let survivor = survivor.clone();
        async move { asked(&survivor, BEFORE + AFTER..BEFORE + 2 * AFTER).await }
    });
    restart_database();
    ids.extend(load.await.unwrap());

    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), BEFORE + 2 * AFTER, "each key has a job of its own");
    for id in &ids {
        let file = survivor.file(id).await;
        assert!(file.starts_with(b"\x89PNG") || file.starts_with(b"%PDF"), "{id} is no picture");
    }
}

/// Asks for renders, some at a time.
async fn asked(client: &Client, numbers: std::ops::Range<usize>) -> Vec<String> {
    let mut requests = JoinSet::new();
    for number in numbers {
        let client = client.clone();
        requests.spawn(async move { client.render(number).await });
    }
    requests.join_all().await
}

fn restart_database() {
    let command = std::env::var(RESTART).unwrap();
    assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success(), "{command}");
}
