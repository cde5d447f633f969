//! The play: strikes after every so many jobs, then a blow that hits all, then the rest is worked off.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use handbill_db::{Db, Dialect, Sql};
use handbill_queue::Queue;

use crate::child;
use crate::stage::Stage;
use crate::verdict::Verdict;

/// What is played.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) time: Duration,
    /// Recovery must be in time, too. Not in the suite, where the machine may be as busy as it likes.
    pub(crate) judges_times: bool,
    pub(crate) seed: u64,
    /// Processes that work, at a time.
    pub(crate) workers: usize,
    /// Processes that only take jobs in.
    pub(crate) clients: usize,
    /// Restarts the database server.
    pub(crate) restart: Option<String>,
}

/// Up to so many jobs end between two strikes.
const JOBS_BETWEEN: u64 = 150;
/// However short the time and slow the machine: less proves nothing.
const FEWEST_STRIKES: usize = 12;
/// What does not move for so long stands still, on any machine.
const STANDSTILL: Duration = Duration::from_secs(180);

pub(crate) async fn run(db: Db, scene: Scene) {
    println!("seed {} for {:?} on {:?}", scene.seed, scene.time, db.dialect());
    Queue::migrate(&db).await.expect("the tables are made");
    let mut tx = db.begin().await.expect("the database is there");
    for table in ["CREATE TABLE published (job_id BIGINT)", "CREATE TABLE ended_groups (group_id BIGINT)"] {
        tx.exec(table, ()).await.expect("a table is made");
    }
    tx.commit().await.expect("the tables are made");
    let folder = std::env::temp_dir().join(format!("handbill-crash-{}-{:?}", std::process::id(), db.dialect()));
    std::fs::create_dir_all(&folder).expect("a folder for the ledger");
    let played = play(&db, &scene, &folder).await;
    Verdict::of(&db, &folder, played).await.check(&scene);
    std::fs::remove_dir_all(&folder).expect("the ledger is thrown away");
}

/// What was done.
#[derive(Default)]
pub(crate) struct Played {
    /// Process and time.
    pub(crate) kills: Vec<(u64, i64)>,
    pub(crate) freezes: Vec<(u64, i64)>,
    pub(crate) restarts: usize,
    /// After a blow to all workers, with the lease of the product: until nothing of theirs was left behind.
    pub(crate) rescued_within: Option<Duration>,
}

impl Played {
    pub(crate) fn strikes(&self) -> usize {
        self.kills.len() + self.freezes.len() + self.restarts
    }
}

async fn play(db: &Db, scene: &Scene, folder: &Path) -> Played {
    let mut stage = Stage::open(scene, database(db).await, db.dialect(), folder);
    let mut played = Played::default();
    let mut ended = Watched::new("jobs end");
    let mut next_strike = 0;
    let begun = Instant::now();
    while begun.elapsed() < scene.time || played.strikes() < FEWEST_STRIKES {
        stage.fill();
        let now = number(db, ENDED, 0).await;
        ended.see(now);
        if now >= next_strike {
            tokio::time::sleep(Duration::from_millis(stage.dice.between(0, 30))).await;
            strike(&mut stage, scene, &mut played);
            next_strike = now + i64::try_from(stage.dice.between(1, JOBS_BETWEEN)).expect("a small number");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    if scene.judges_times {
        played.rescued_within = Some(hit_all_and_watch(&mut stage, db, &mut played).await);
    }
    stage.close();
    let mut left = Watched::new("what is left is worked off");
    while left.see(number(db, OPEN, 0).await) > 0 {
        // Tries of poison are progress, too.
        left.see_also(number(db, TRIES, 0).await);
        stage.fill();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    played
}

fn strike(stage: &mut Stage, scene: &Scene, played: &mut Played) {
    match stage.dice.between(0, 60) {
        0..10 => played.kills.extend(stage.kill_clients()),
        10..28 => played.freezes.extend(stage.freeze_a_worker()),
        28..30 => played.kills.extend(stage.kill_workers()),
        30..32 if scene.restart.is_some() => restart(scene, played),
        _ => played.kills.extend(stage.kill_a_worker()),
    }
    if played.restarts == 0 && played.strikes() > FEWEST_STRIKES / 2 {
        restart(scene, played);
    }
}

/// Without a word to those who are connected.
fn restart(scene: &Scene, played: &mut Played) {
    let Some(restart) = &scene.restart else { return };
    let status = Command::new("sh").args(["-c", restart]).stdin(Stdio::null()).stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "the server does not restart: {restart}");
    played.restarts += 1;
}

async fn database(db: &Db) -> String {
    let mut conn = db.read().await.expect("the database is there");
    match db.dialect() {
        Dialect::Sqlite => {
            const FILE: &str = "SELECT file FROM pragma_database_list WHERE name = 'main'";
            let (file,): (String,) = conn.one(FILE, ()).await.expect("the file has a name");
            format!("sqlite://{file}")
        }
        Dialect::Postgres => {
            conn.one::<(String,)>("SELECT current_database()::TEXT", ()).await.expect("the database has a name").0
        }
    }
}

const ENDED: Sql = Sql {
    sqlite: "SELECT coalesce(sum(completed + failed), 0) FROM queue_pace WHERE at_ms >= $1",
    postgres: "SELECT coalesce(sum(completed + failed), 0)::BIGINT FROM queue_pace WHERE at_ms >= $1",
};
const OPEN: Sql = Sql {
    sqlite: "SELECT count(*) FROM queue_jobs WHERE state = 'open' AND id > $1",
    postgres: "SELECT count(*) FROM queue_jobs WHERE state = 'open' AND id > $1",
};
const TRIES: Sql = Sql {
    sqlite: "SELECT (SELECT coalesce(sum(attempt), 0) FROM queue_ready WHERE job_id > $1)
        + (SELECT coalesce(sum(attempt), 0) FROM queue_running)",
    postgres: "SELECT ((SELECT coalesce(sum(attempt), 0) FROM queue_ready WHERE job_id > $1)
        + (SELECT coalesce(sum(attempt), 0) FROM queue_running))::BIGINT",
};
/// Jobs that workers up to this one have.
const LEFT: Sql = Sql {
    sqlite: "SELECT count(*) FROM queue_running WHERE worker_id <= $1",
    postgres: "SELECT count(*) FROM queue_running WHERE worker_id <= $1",
};
const NEWEST: Sql = Sql {
    sqlite: "SELECT coalesce(max(id), 0) FROM queue_workers WHERE id > $1",
    postgres: "SELECT coalesce(max(id), 0) FROM queue_workers WHERE id > $1",
};

async fn number(db: &Db, sql: Sql, argument: i64) -> i64 {
    let mut conn = db.read().await.expect("the database is there");
    conn.one::<(i64,)>(sql, (argument,)).await.expect("it can be counted").0
}

/// Numbers that have to change.
struct Watched {
    what: &'static str,
    last: (i64, i64),
    moved: Instant,
}

impl Watched {
    fn new(what: &'static str) -> Watched {
        Watched { what, last: (-1, -1), moved: Instant::now() }
    }

    fn see(&mut self, now: i64) -> i64 {
        self.saw((now, self.last.1));
        now
    }

    fn see_also(&mut self, now: i64) {
        self.saw((self.last.0, now));
    }

    fn saw(&mut self, now: (i64, i64)) {
        if now != self.last {
            (self.last, self.moved) = (now, Instant::now());
        }
        assert!(self.moved.elapsed() < STANDSTILL, "it stands still: {}: {now:?} for {STANDSTILL:?}", self.what);
    }
}

/// Kills whatever works, all at once and in the middle of it; answers with the time until nothing is left of what it had.
/// Its leases are the product's.
async fn hit_all_and_watch(stage: &mut Stage, db: &Db, played: &mut Played) -> Duration {
    stage.kill_workers();
    stage.lease = child::products_lease();
    let mut working = Watched::new("workers begin");
    let (killed, newest) = loop {
        stage.fill();
        tokio::time::sleep(Duration::from_millis(stage.dice.between(20, 200))).await;
        let newest = number(db, NEWEST, 0).await;
        working.see(newest);
        if number(db, LEFT, newest).await < 2 {
            continue;
        }
        let killed = Instant::now();
        let hit = stage.kill_workers();
        if number(db, LEFT, newest).await > 0 {
            played.kills.extend(hit);
            break (killed, newest);
        }
    };
    let mut left = Watched::new("what the dead had goes back");
    while left.see(number(db, LEFT, newest).await) > 0 {
        stage.fill();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stage.lease = child::LEASE;
    killed.elapsed()
}
