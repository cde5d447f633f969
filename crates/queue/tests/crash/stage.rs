//! The processes: started, killed, frozen and thawed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use handbill_db::Dialect;

use crate::chaos::Scene;
use crate::child::{self, Task};
use crate::dice::Dice;
use crate::ledger::now_ms;

pub(crate) struct Stage {
    pub(crate) dice: Dice,
    /// Of workers that are started from now on.
    pub(crate) lease: Duration,
    scene: Scene,
    database: String,
    dialect: Dialect,
    folder: PathBuf,
    started: u64,
    workers: Vec<Actor>,
    clients: Vec<Actor>,
    /// With the time at which they go on.
    frozen: Vec<(Instant, Actor)>,
    /// Out of date: another process has the file by now.
    replaced: Vec<Actor>,
}

/// A process, killed when it is dropped.
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
    /// A signal by its name; false if it has ended.
    fn signal(&mut self, signal: &str) -> bool {
        let pid = self.child.id().to_string();
        !self.has_ended() && Command::new("kill").args([signal, &pid]).status().expect("`kill` runs").success()
    }

    fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child can be waited for").is_some()
    }

    fn die(self) -> (u64, i64) {
        let process = self.process;
        drop(self);
        (process, now_ms())
    }
}

impl Stage {
    pub(crate) fn open(scene: &Scene, database: String, dialect: Dialect, folder: &Path) -> Stage {
        File::create(folder.join(child::OPEN)).expect("the folder takes a file");
        Stage {
            dice: Dice::new(scene.seed),
            lease: child::LEASE,
            scene: scene.clone(),
            database,
            dialect,
            folder: folder.to_owned(),
            started: 0,
            workers: Vec::new(),
            clients: Vec::new(),
            frozen: Vec::new(),
            replaced: Vec::new(),
        }
    }

    /// No more jobs are taken in.
    pub(crate) fn close(&mut self) {
        std::fs::remove_file(self.folder.join(child::OPEN)).expect("the file is there");
    }

    /// Starts what is missing (killed, or dead of poison), and lets go on what was frozen for long enough.
    pub(crate) fn fill(&mut self) {
        self.thaw();
        for actors in [&mut self.workers, &mut self.clients, &mut self.replaced] {
            actors.retain_mut(|actor| !actor.has_ended());
        }
        // On SQLite a frozen one is replaced; else it still counts.
        let frozen = if self.dialect == Dialect::Sqlite { 0 } else { self.frozen.len() };
        while self.workers.len() + frozen < self.scene.workers {
            let actor = self.start(true);
            self.workers.push(actor);
        }
        while self.clients.len() < self.scene.clients {
            let actor = self.start(false);
            self.clients.push(actor);
        }
    }

    fn thaw(&mut self) {
        let now = Instant::now();
        let (thawing, frozen) = std::mem::take(&mut self.frozen).into_iter().partition(|(until, _)| *until <= now);
        self.frozen = frozen;
        for (_, mut actor) in thawing {
            actor.signal("-CONT");
            match self.dialect {
                Dialect::Sqlite => self.replaced.push(actor),
                Dialect::Postgres => self.workers.push(actor),
            }
        }
    }

    fn start(&mut self, works: bool) -> Actor {
        self.started += 1;
        let process = self.started;
        let seed = self.dice.between(0, u64::MAX);
        let lease = self.lease;
        let task = Task { database: self.database.clone(), folder: self.folder.clone(), process, works, seed, lease };
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

    /// Answers with process and time, as all of these do.
    pub(crate) fn kill_a_worker(&mut self) -> Option<(u64, i64)> {
        Some(self.take_a_worker()?.die())
    }

    /// Those that take jobs in die, too.
    pub(crate) fn kill_clients(&mut self) -> Vec<(u64, i64)> {
        self.clients.drain(..).map(Actor::die).collect()
    }

    pub(crate) fn kill_workers(&mut self) -> Vec<(u64, i64)> {
        let frozen = self.frozen.drain(..).map(|(_, actor)| actor);
        let actors: Vec<Actor> = self.workers.drain(..).chain(frozen).chain(self.replaced.drain(..)).collect();
        actors.into_iter().map(Actor::die).collect()
    }

    /// For longer than its lease, as a rule. On SQLite somebody else takes the file over meanwhile.
    pub(crate) fn freeze_a_worker(&mut self) -> Option<(u64, i64)> {
        // One must go on, or nothing does.
        if self.frozen.len() + 1 >= self.scene.workers.max(3) {
            return None;
        }
        let mut actor = self.take_a_worker()?;
        if !actor.signal("-STOP") {
            return None;
        }
        let struck = (actor.process, now_ms());
        let longest = u64::try_from(child::LONGEST_FREEZE.as_millis()).expect("a short time");
        let time = Duration::from_millis(self.dice.between(200, longest));
        self.frozen.push((Instant::now() + time, actor));
        Some(struck)
    }

    fn take_a_worker(&mut self) -> Option<Actor> {
        if self.workers.is_empty() {
            return None;
        }
        let victim = self.dice.between(0, self.workers.len() as u64);
        Some(self.workers.swap_remove(usize::try_from(victim).expect("a small number")))
    }
}
