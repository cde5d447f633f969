//! Compares the ledger with what the database has in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use handbill_db::{Conn, Db, Dialect, Sql};

use crate::chaos::{Played, Scene};
use crate::child;
use crate::ledger::{self, Deed, Entry};

/// After a restart on SQLite, in 99 of 100 cases, for the machine may be busy; after the death of a worker on PostgreSQL,
/// always, with the product's lease.
const RECOVERY_ON_SQLITE: Duration = Duration::from_secs(1);
const RECOVERY_ON_POSTGRES: Duration = Duration::from_secs(30);

pub(crate) struct Verdict {
    dialect: Dialect,
    played: Played,
    entries: Vec<Entry>,
    jobs: BTreeMap<i64, Found>,
    rows_of_ended: BTreeMap<i64, i64>,
    groups: Vec<GroupFound>,
    /// Sums that count jobs as waiting, when none waits.
    miscounted: i64,
    counted: (i64, i64),
    faults: Vec<String>,
}

/// A job's row.
struct Found {
    state: String,
    payload: String,
    crashes: i64,
    failures: i64,
    attempts: i64,
    result: Option<String>,
}

/// A group's row, and what its jobs and its hook say.
type GroupFound = (i64, i64, i64, i64, i64, i64, i64, i64);

const JOBS: &str = "SELECT id, state, payload, crashes, failures, attempts, result FROM queue_jobs";
const ENDED: &str = "SELECT job_id, count(*) FROM published GROUP BY job_id";
const GROUPS: &str = "SELECT g.id, g.total, g.done, g.failed, g.canceled,
    (SELECT count(*) FROM queue_jobs j WHERE j.group_id = g.id AND j.state = 'completed'),
    (SELECT count(*) FROM queue_jobs j WHERE j.group_id = g.id AND j.state = 'dead'),
    (SELECT count(*) FROM ended_groups e WHERE e.group_id = g.id) FROM queue_groups g";
const MISCOUNTED: &str = "SELECT count(*) FROM (SELECT kind FROM queue_tally GROUP BY kind, account
    HAVING sum(waiting) <> 0 OR sum(delayed) <> 0) AS wrong";
const COUNTED: Sql = Sql {
    sqlite: "SELECT coalesce(sum(completed), 0), coalesce(sum(failed), 0) FROM queue_pace",
    postgres: "SELECT coalesce(sum(completed), 0)::BIGINT, coalesce(sum(failed), 0)::BIGINT FROM queue_pace",
};

impl Verdict {
    pub(crate) async fn of(db: &Db, folder: &Path, played: Played) -> Verdict {
        let mut conn = db.read().await.expect("the database is there");
        let ended: Vec<(i64, i64)> = conn.all(ENDED, ()).await.expect("ends can be read");
        Verdict {
            dialect: db.dialect(),
            played,
            entries: ledger::read(folder),
            jobs: jobs(&mut conn).await,
            rows_of_ended: ended.into_iter().collect(),
            groups: conn.all(GROUPS, ()).await.expect("groups can be read"),
            miscounted: conn.one::<(i64,)>(MISCOUNTED, ()).await.expect("the tally can be read").0,
            counted: conn.one(COUNTED, ()).await.expect("the pace can be read"),
            faults: Vec::new(),
        }
    }

    /// Says what was found, and fails if anything was.
    pub(crate) fn check(mut self, scene: &Scene) {
        let acknowledged = self.jobs_that(|deed| if let Deed::Acknowledged { job } = deed { Some(job) } else { None });
        let canceling = self.jobs_that(|deed| if let Deed::Canceling { job } = deed { Some(job) } else { None });
        let lost: Vec<&i64> = acknowledged.iter().filter(|job| !self.jobs.contains_key(job)).collect();
        let lost = self.report("acknowledged and lost", &lost);
        let doubled = self.doubled();
        let innocent = self.dead(|job| job.payload != "poison");
        let innocent = self.report("innocent and dead", &innocent.iter().collect::<Vec<_>>());
        let poison = self.dead(|job| job.payload == "poison").len();
        self.check_jobs(&canceling);
        self.check_groups();
        self.check_counters();
        let recoveries = self.recoveries();
        println!(
            "\n{:?}\n  strikes       {} kills, {} freezes, {} restarts of the server\n  \
             jobs          {} acknowledged, {} begun\n  lost          {lost}\n  doubled       {doubled}\n  \
             innocent dead {innocent}\n  poison dead   {poison}\n  recovery      {}{}",
            self.dialect,
            self.played.kills.len(),
            self.played.freezes.len(),
            self.played.restarts,
            acknowledged.len(),
            self.entries.iter().filter(|entry| matches!(entry.deed, Deed::Begun { .. })).count(),
            said(&recoveries, self.dialect),
            self.played.rescued_within.map_or(String::new(), |time| format!("; all killed at once: {time:.2?}")),
        );
        if scene.judges_times {
            self.check_times(&recoveries);
        }
        assert!(acknowledged.len() > 50, "too little happened to prove anything");
        assert!(self.faults.is_empty(), "{} faults:\n{}", self.faults.len(), self.faults.join("\n"));
    }

    fn jobs_that(&self, is: impl Fn(Deed) -> Option<i64>) -> BTreeSet<i64> {
        self.entries.iter().filter_map(|entry| is(entry.deed)).collect()
    }

    fn dead(&self, is: impl Fn(&Found) -> bool) -> Vec<i64> {
        self.jobs.iter().filter(|(_, job)| job.state == "dead" && is(job)).map(|(id, _)| *id).collect()
    }

    fn report(&mut self, what: &str, jobs: &[&i64]) -> usize {
        for id in jobs {
            let story: Vec<&Entry> = self.entries.iter().filter(|entry| entry.deed.job() == Some(**id)).collect();
            self.faults.push(format!("job {id} is {what}: {story:?}"));
        }
        jobs.len()
    }

    /// Ends that were written twice, into the database or into the ledger.
    fn doubled(&mut self) -> usize {
        let mut times: BTreeMap<i64, usize> = BTreeMap::new();
        for entry in &self.entries {
            if let Deed::Published { job, .. } = entry.deed {
                *times.entry(job).or_default() += 1;
            }
        }
        let rows = self.rows_of_ended.iter().filter(|(_, rows)| **rows > 1).map(|(job, _)| *job);
        let doubled: BTreeSet<i64> =
            times.into_iter().filter(|(_, times)| *times > 1).map(|(job, _)| job).chain(rows).collect();
        self.report("published twice", &doubled.iter().collect::<Vec<_>>())
    }

    fn check_jobs(&mut self, canceling: &BTreeSet<i64>) {
        let mut tries: BTreeMap<i64, usize> = BTreeMap::new();
        for entry in &self.entries {
            if let Deed::Begun { job, .. } = entry.deed {
                *tries.entry(job).or_default() += 1;
            }
        }
        for (id, job) in &self.jobs {
            let Found { state, payload, crashes, failures, attempts, result } = job;
            let is_poison = payload == "poison";
            let tries = tries.get(id).copied().unwrap_or(0);
            let right = match state.as_str() {
                "completed" => !is_poison && result.as_deref() == Some(attempts.to_string().as_str()),
                "canceled" => canceling.contains(id),
                // Once in company, three times alone; a server that goes down may forget that one was begun.
                "dead" if is_poison => (*crashes, *failures) == (3, 0) && tries <= 4 + self.played.restarts,
                // Told above.
                "dead" => true,
                _ => false,
            };
            if !right {
                self.faults.push(format!(
                    "job {id} ({payload}) is {state}, and that is wrong: {crashes} crashes, {failures} failures, {attempts} \
                     attempts, begun {tries} times, result {result:?}"
                ));
            }
            if self.rows_of_ended.get(id) != Some(&1) {
                self.faults.push(format!("job {id} is {state}: not one row was written with its end"));
            }
        }
    }

    fn check_groups(&mut self) {
        for (id, total, done, failed, canceled, completed, dead, ends) in &self.groups {
            if (done, failed) != (completed, dead) || done + failed + canceled != *total || *ends != 1 {
                self.faults.push(format!(
                    "group {id} counts {done} done, {failed} failed, {canceled} canceled of {total}; there are {completed} \
                     completed and {dead} dead, and it ended {ends} times"
                ));
            }
        }
    }

    fn check_counters(&mut self) {
        if self.miscounted != 0 {
            self.faults.push("nothing waits, and something is counted as waiting".to_owned());
        }
        let count = |state| self.jobs.values().filter(|job| job.state == state).count() as i64;
        let there = (count("completed"), count("dead"));
        if self.counted != there {
            self.faults.push(format!("{:?} are counted as completed and dead, and {there:?} are", self.counted));
        }
    }

    /// How long work lay still that was begun in a process which was struck. PostgreSQL: from the strike until it was begun
    /// again. SQLite: from the start of the next process until the first of it was, unless one was frozen then.
    fn recoveries(&self) -> Vec<Duration> {
        let strikes: Vec<(u64, i64)> = self.played.kills.iter().chain(&self.played.freezes).copied().collect();
        let struck = |process, from: i64, to: i64| {
            let times = strikes.iter().filter(|(victim, at_ms)| *victim == process && (from..=to).contains(at_ms));
            times.map(|(_, at_ms)| *at_ms).min()
        };
        // A frozen process may hold the file's lock, and then everybody waits.
        let longest_ms = i64::try_from(child::LONGEST_FREEZE.as_millis()).expect("a short time");
        let was_frozen =
            |from: i64, to: i64| self.played.freezes.iter().any(|(_, at_ms)| *at_ms < to && from < at_ms + longest_ms);
        let mut started: BTreeMap<u64, i64> = BTreeMap::new();
        let mut at_work: BTreeMap<i64, (u64, i64)> = BTreeMap::new();
        let mut times = Vec::new();
        for Entry { process, at_ms, deed } in &self.entries {
            match deed {
                Deed::Started => drop(started.insert(*process, *at_ms)),
                Deed::Begun { job, .. } => {
                    let before = at_work.insert(*job, (*process, *at_ms)).filter(|(before, _)| before != process);
                    let since = before.and_then(|(before, begun_ms)| match self.dialect {
                        Dialect::Sqlite => started.remove(process).filter(|since| !was_frozen(*since, *at_ms)),
                        Dialect::Postgres => struck(before, begun_ms, *at_ms),
                    });
                    times.extend(since.and_then(|since| u64::try_from(at_ms - since).ok()));
                }
                Deed::Failed { job, .. } | Deed::Published { job, .. } => drop(at_work.remove(job)),
                Deed::Acknowledged { .. } | Deed::Canceling { .. } => {}
            }
        }
        times.sort_unstable();
        times.into_iter().map(Duration::from_millis).collect()
    }

    fn check_times(&mut self, recoveries: &[Duration]) {
        let (limit, longest) = match self.dialect {
            Dialect::Sqlite => (RECOVERY_ON_SQLITE, recoveries.get(recoveries.len() * 99 / 100).copied()),
            Dialect::Postgres => (RECOVERY_ON_POSTGRES, self.played.rescued_within.max(recoveries.last().copied())),
        };
        if longest.is_none_or(|longest| longest > limit) {
            self.faults.push(format!("recovery took {longest:?}, and {limit:?} is promised"));
        }
    }
}

async fn jobs(conn: &mut Conn) -> BTreeMap<i64, Found> {
    type Row = (i64, String, String, i64, i64, i64, Option<String>);
    let rows: Vec<Row> = conn.all(JOBS, ()).await.expect("jobs can be read");
    let jobs = rows.into_iter().map(|(id, state, payload, crashes, failures, attempts, result)| {
        (id, Found { state, payload, crashes, failures, attempts, result })
    });
    jobs.collect()
}

fn said(recoveries: &[Duration], dialect: Dialect) -> String {
    let Some(longest) = recoveries.last() else { return "nothing had to recover".to_owned() };
    let middle = recoveries[recoveries.len() / 2];
    let since = match dialect {
        Dialect::Sqlite => "after the restart",
        Dialect::Postgres => "after the strike, with a lease of 2 s",
    };
    format!("p50 {middle:.2?}, max {longest:.2?} {since} ({} cases)", recoveries.len())
}
