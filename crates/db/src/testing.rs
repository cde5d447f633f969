//! Runs one test body on both databases, each time on one of its own. Only for tests (feature `testing`).
//!
//! PostgreSQL is the cluster whose URL stands in `HANDBILL_TEST_POSTGRES_URL` (`cargo xtask test` starts one).
//! Without it the PostgreSQL half is left out and says so; with `CI=true` it fails instead.

use std::future::Future;
use std::io::Write;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tokio::runtime::Runtime;
use tokio::task::JoinError;

use crate::{Db, OpenOptions, Target};

/// Names the cluster to test on.
pub const POSTGRES_URL: &str = "HANDBILL_TEST_POSTGRES_URL";

/// `db_test!(async fn name(db: Db) { … });` makes the tests `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! db_test {
    (async fn $name:ident($db:ident: Db) $body:block) => {
        mod $name {
            #[allow(unused_imports, clippy::wildcard_imports)]
            use super::*;

            async fn body($db: $crate::Db) $body

            #[test]
            fn sqlite() {
                $crate::testing::on_sqlite(body);
            }

            #[test]
            fn postgres() {
                $crate::testing::on_postgres(body);
            }
        }
    };
}

/// Runs the body on an empty SQLite database in a folder of its own.
pub fn on_sqlite<F: Future<Output = ()> + Send + 'static>(body: impl FnOnce(Db) -> F) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let outcome = runtime().block_on(run(&Target::Sqlite(dir.path().join("test.db")), body));
    pass_on(outcome);
}

/// Runs the body on an empty PostgreSQL database, made for it in the cluster and dropped afterwards.
pub fn on_postgres<F: Future<Output = ()> + Send + 'static>(body: impl FnOnce(Db) -> F) {
    let Some(cluster) = cluster() else { return };
    let name = fresh_name();
    let outcome = runtime().block_on(async {
        admin(&cluster, format!("CREATE DATABASE {name}")).await;
        let outcome = run(&Target::Postgres(Box::new(cluster.clone().database(&name))), body).await;
        admin(&cluster, format!("DROP DATABASE {name} WITH (FORCE)")).await;
        outcome
    });
    pass_on(outcome);
}

/// A panic of the body ends in the answer, so that whoever made the database can remove it.
async fn run<F>(target: &Target, body: impl FnOnce(Db) -> F) -> Result<(), JoinError>
where
    F: Future<Output = ()> + Send + 'static,
{
    let db = Db::open(target, &OpenOptions::default()).await.expect("an empty database opens");
    let outcome = tokio::spawn(body(db.clone())).await;
    let closed = tokio::time::timeout(Duration::from_secs(10), db.close()).await;
    assert!(outcome.is_err() || closed.is_ok(), "the test still holds a connection at its end");
    outcome
}

fn pass_on(outcome: Result<(), JoinError>) {
    if let Err(panicked) = outcome {
        std::panic::resume_unwind(panicked.into_panic());
    }
}

fn runtime() -> Runtime {
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    threads.worker_threads(2).enable_all().build().expect("a runtime starts")
}

fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("handbill_test_{}_{count}", std::process::id())
}

async fn admin(cluster: &PgConnectOptions, sql: String) {
    let mut connection = cluster.connect().await.expect("the test cluster can be reached");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("the test cluster obeys");
    connection.close().await.expect("the connection closes");
}

/// The cluster to test on; `None` where the PostgreSQL half is left out.
pub fn cluster() -> Option<PgConnectOptions> {
    static SAID: Once = Once::new();
    if let Ok(url) = std::env::var(POSTGRES_URL) {
        return Some(url.parse().unwrap_or_else(|e| panic!("{POSTGRES_URL} is not a PostgreSQL URL: {e}")));
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "in CI nothing is left out: set {POSTGRES_URL}");
    SAID.call_once(|| {
        // Straight to the stream: what a passing test prints through `eprintln!` is not shown.
        let _ = writeln!(
            std::io::stderr(),
            "LEFT OUT: the PostgreSQL half of the database tests ({POSTGRES_URL} is not set)"
        );
    });
    None
}
