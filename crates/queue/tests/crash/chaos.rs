//! Kills and freezes processes, starts new ones, and at the end lets the rest be worked off.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use handbill_db::{Db, Dialect};
use handbill_queue::{Hooks, Queue};

use crate::child::{self, Task};
use crate::dice::Dice;
use crate::verdict::Verdict;

/// What is played.
#[derive(Clone, Copy)]
pub(crate) struct Scene {
    time: Duration,
    seed: u64,
    /// Processes that work, at a time.
    workers: usize,
    /// Processes that only take jobs in.
    clients: usize,
}

impl Scene {
    /// One process works on a file at a time; another one takes jobs in beside it.
    pub(crate) fn sqlite(time: Duration, seed: u64) -> Scene {
        Scene { time, seed, workers: 1, clients: 1 }
    }

    pub(crate) fn postgres(time: Duration, seed: u64) -> Scene {
        Scene { time, seed, workers: 4, clients: 1 }
    }
}

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
    let played = play(&db, scene, &folder).await;
    Verdict::of(&db, &folder, &played).await.check();
    std::fs::remove_dir_all(&folder).expect("the ledger is thrown away");
}

/// What was done to the processes.
#[derive(Default)]
pub(crate) struct Played {
    pub(crate) kills: usize,
    pub(crate) freezes: usize,
    /// Those that were killed or frozen: what ran there may be suspected through no fault of its own.
    pub(crate) harmed: Vec<u64>,
    /// From the end of the kills to the moment that nothing of a dead worker's was left.
    pub(crate) rescued_within: Duration,
}

struct Stage {
    database: String,
    folder: PathBuf,
    dice: Dice,
    started: u64,
    workers: Vec<Actor>,
    clients: Vec<Actor>,
    /// Out of date: another process has the file by now.
    replaced: Vec<Actor>,
}

struct Actor {
    process: u64,
    child: Child,
}

impl Drop for Actor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Actor {
    /// A signal by its name.
    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args([signal, &pid]).status().expect("`kill` runs");
        assert!(status.success(), "a process could not be sent {signal}");
    }

    fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child can be waited for").is_some()
    }
}

async fn play(db: &Db, scene: Scene, folder: &Path) -> Played {
    let open = folder.join(child::OPEN);
    File::create(&open).expect("the folder takes a file");
    let mut stage = Stage {
        database: database(db).await,
        folder: folder.to_owned(),
        dice: Dice::new(scene.seed),
        started: 0,
        workers: Vec::new(),
        clients: Vec::new(),
        replaced: Vec::new(),
    };
    let mut played = Played::default();
    stage.fill(scene);
    let begun = Instant::now();
    while begun.elapsed() < scene.time {
        let pause = Duration::from_millis(stage.dice.between(200, 900));
        tokio::time::sleep(pause).await;
        stage.strike(db, &mut played).await;
        stage.fill(scene);
    }
    played.rescued_within = stage.kill_all_and_watch(db, scene).await;
    std::fs::remove_file(&open).expect("the file is there");
    stage.work_off(db, scene).await;
    played
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

/// Jobs that workers up to this one have.
const LEFT: &str = "SELECT count(*) FROM queue_running WHERE worker_id <= $1";

async fn number(db: &Db, sql: &'static str, argument: i64) -> i64 {
    let mut conn = db.read().await.expect("the database is there");
    conn.one::<(i64,)>(sql, (argument,)).await.expect("it can be counted").0
}

impl Stage {
    /// Starts what is missing: killed, or dead of poison.
    fn fill(&mut self, scene: Scene) {
        self.workers.retain_mut(|actor| !actor.has_ended());
        self.clients.retain_mut(|actor| !actor.has_ended());
        self.replaced.retain_mut(|actor| !actor.has_ended());
        while self.workers.len() < scene.workers {
            let actor = self.start(true);
            self.workers.push(actor);
        }
        while self.clients.len() < scene.clients {
            let actor = self.start(false);
            self.clients.push(actor);
        }
    }

    fn start(&mut self, works: bool) -> Actor {
        self.started += 1;
        let process = self.started;
        let seed = self.dice.between(0, u64::MAX);
        let task = Task { database: self.database.clone(), folder: self.folder.clone(), process, works, seed };
        let complaints = File::create(self.folder.join(format!("{process}.log"))).expect("a log opens");
        let child = Command::new(std::env::current_exe().expect("this program has a file"))
            .args(task.arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(complaints)
            .spawn()
            .expect("a child starts");
        Actor { process, child }
    }

    /// Kills whatever works, all at once and in the middle of it; answers with the time until nothing is left of what it
    /// had.
    async fn kill_all_and_watch(&mut self, db: &Db, scene: Scene) -> Duration {
        let (killed, newest) = loop {
            self.fill(scene);
            tokio::time::sleep(Duration::from_millis(self.dice.between(20, 60))).await;
            self.workers.clear();
            self.replaced.clear();
            let killed = Instant::now();
            let newest = number(db, "SELECT coalesce(max(id), 0) FROM queue_workers WHERE id <= $1", i64::MAX).await;
            if number(db, LEFT, newest).await > 0 {
                break (killed, newest);
            }
        };
        loop {
            self.fill(scene);
            let left = number(db, LEFT, newest).await;
            if left == 0 {
                return killed.elapsed();
            }
            assert!(killed.elapsed() < Duration::from_secs(30), "{left} jobs of dead workers after half a minute");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Lets the rest be done; it is slow where the machine is, but it does not stand still.
    async fn work_off(&mut self, db: &Db, scene: Scene) {
        let queue = Queue::new(db.clone(), child::options(), Hooks::default());
        let (mut last, mut moved) = (0, Instant::now());
        loop {
            self.fill(scene);
            let mut conn = db.read().await.expect("the database is there");
            let stats = queue.stats(&mut conn, child::KIND).await.expect("the queue can be read");
            drop(conn);
            let left = stats.waiting + stats.delayed + stats.active;
            if left == 0 {
                return;
            }
            if left != last {
                (last, moved) = (left, Instant::now());
            }
            assert!(moved.elapsed() < Duration::from_secs(60), "nothing has moved for a minute: {stats:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn strike(&mut self, db: &Db, played: &mut Played) {
        if self.dice.one_in(6) {
            // Those that take jobs in die, too.
            self.clients.clear();
            played.kills += 1;
            return;
        }
        let Ok(victim) = usize::try_from(self.dice.between(0, self.workers.len() as u64)) else { return };
        let actor = self.workers.swap_remove(victim);
        played.harmed.push(actor.process);
        if self.dice.one_in(3) {
            played.freezes += 1;
            self.freeze(actor, db.dialect()).await;
        } else {
            played.kills += 1;
            drop(actor);
        }
    }

    /// For longer than its lease, as a rule. On SQLite somebody else takes the file over meanwhile.
    async fn freeze(&mut self, mut actor: Actor, dialect: Dialect) {
        if actor.has_ended() {
            return;
        }
        actor.signal("-STOP");
        if dialect == Dialect::Sqlite {
            let successor = self.start(true);
            self.workers.push(successor);
        }
        let time = self.dice.between(200, 2500);
        tokio::time::sleep(Duration::from_millis(time)).await;
        actor.signal("-CONT");
        match dialect {
            Dialect::Sqlite => self.replaced.push(actor),
            Dialect::Postgres => self.workers.push(actor),
        }
    }
}
