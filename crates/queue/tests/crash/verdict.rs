//! Compares the ledger with what the database has in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use handbill_db::{Conn, Db, Sql};

use crate::chaos::Played;
use crate::ledger::{self, Deed};

pub(crate) struct Verdict {
    acknowledged: BTreeSet<i64>,
    poison: BTreeSet<i64>,
    canceling: BTreeSet<i64>,
    /// Processes in which a job was begun.
    begun_in: BTreeMap<i64, Vec<u64>>,
    published: BTreeMap<i64, usize>,
    harmed: BTreeSet<u64>,
    jobs: BTreeMap<i64, Found>,
    rows_of_ended: BTreeMap<i64, i64>,
    groups: Vec<GroupFound>,
    /// Rows that count jobs as waiting, and do not add up to none.
    miscounted: i64,
    counted: (i64, i64),
    summary: String,
}

/// A job's row.
struct Found {
    state: String,
    crashes: i64,
    failures: i64,
    attempts: i64,
    result: Option<String>,
}

/// A group's row, and what its jobs and its hook say.
type GroupFound = (i64, i64, i64, i64, i64, i64, i64, i64);

const JOBS: &str = "SELECT id, state, crashes, failures, attempts, result FROM queue_jobs";
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
    pub(crate) async fn of(db: &Db, folder: &Path, played: &Played) -> Verdict {
        let mut conn = db.read().await.expect("the database is there");
        let mut verdict = Verdict::of_database(&mut conn).await;
        verdict.harmed = played.harmed.iter().copied().collect();
        for (process, deed) in ledger::read(folder) {
            verdict.note(process, deed);
        }
        verdict.summary = format!(
            "{} kills, {} freezes, {} jobs hit; {} jobs acknowledged, {} of them poison; all killed, rescued within {:?}",
            played.kills,
            played.freezes,
            verdict.jobs.values().filter(|job| job.crashes > 0).count(),
            verdict.acknowledged.len(),
            verdict.poison.len(),
            played.rescued_within,
        );
        verdict
    }

    async fn of_database(conn: &mut Conn) -> Verdict {
        let jobs: Vec<(i64, String, i64, i64, i64, Option<String>)> =
            conn.all(JOBS, ()).await.expect("jobs can be read");
        let ended: Vec<(i64, i64)> = conn.all(ENDED, ()).await.expect("ends can be read");
        Verdict {
            acknowledged: BTreeSet::new(),
            poison: BTreeSet::new(),
            canceling: BTreeSet::new(),
            begun_in: BTreeMap::new(),
            published: BTreeMap::new(),
            harmed: BTreeSet::new(),
            jobs: jobs
                .into_iter()
                .map(|(id, state, crashes, failures, attempts, result)| {
                    (id, Found { state, crashes, failures, attempts, result })
                })
                .collect(),
            rows_of_ended: ended.into_iter().collect(),
            groups: conn.all(GROUPS, ()).await.expect("groups can be read"),
            miscounted: conn.one::<(i64,)>(MISCOUNTED, ()).await.expect("the tally can be read").0,
            counted: conn.one(COUNTED, ()).await.expect("the pace can be read"),
            summary: String::new(),
        }
    }

    fn note(&mut self, process: u64, deed: Deed) {
        match deed {
            Deed::Acknowledged { job, poison } => {
                self.acknowledged.insert(job);
                if poison {
                    self.poison.insert(job);
                }
            }
            Deed::Canceling { job } => drop(self.canceling.insert(job)),
            Deed::Begun { job, .. } => self.begun_in.entry(job).or_default().push(process),
            Deed::Published { job, .. } => *self.published.entry(job).or_default() += 1,
        }
    }

    pub(crate) fn check(&self) {
        println!("{}", self.summary);
        assert!(self.acknowledged.len() > 50, "too little happened to prove anything: {}", self.summary);
        for job in &self.acknowledged {
            assert!(self.jobs.contains_key(job), "job {job} was acknowledged and is lost");
        }
        let mut unlucky = 0;
        for (id, job) in &self.jobs {
            unlucky += usize::from(self.check_job(*id, job));
        }
        println!("{unlucky} innocent jobs were at work in three processes that were killed, and count as dead");
        for group in &self.groups {
            check_group(*group);
        }
        assert_eq!(self.miscounted, 0, "nothing waits, and something is counted as waiting");
        let count = |state| self.jobs.values().filter(|job| job.state == state).count() as i64;
        assert_eq!(self.counted, (count("completed"), count("dead")), "completed and failed, as counted");
    }

    /// True for a job that was killed from outside in three processes: the queue cannot tell it from poison.
    fn check_job(&self, id: i64, job: &Found) -> bool {
        let Found { state, crashes, failures, attempts, result } = job;
        assert_eq!(self.rows_of_ended.get(&id), Some(&1), "job {id} is {state}: rows written with its end");
        assert!(self.published.get(&id).is_none_or(|times| *times == 1), "job {id} was published twice");
        let is_poison = self.poison.contains(&id);
        match state.as_str() {
            "completed" => {
                assert!(!is_poison, "job {id} kills its process, and is completed");
                let of = result.as_deref();
                assert_eq!(of, Some(attempts.to_string().as_str()), "the attempt that job {id} has its result of");
            }
            "canceled" => assert!(self.canceling.contains(&id), "nobody canceled job {id}"),
            "dead" => assert_eq!((*crashes, *failures), (3, 0), "job {id} is dead"),
            other => panic!("job {id} is {other}, and nothing is left to be done"),
        }
        // One whose acknowledgement was not written down may be poison, too.
        if state != "dead" || is_poison || !self.acknowledged.contains(&id) {
            return false;
        }
        let harmed = self.begun_in[&id].iter().filter(|process| self.harmed.contains(process)).count();
        // The first time it may have been beside poison; from then on it ran alone.
        assert!(harmed >= 2, "job {id} is dead and innocent; it was begun in {:?}", self.begun_in[&id]);
        true
    }
}

fn check_group((id, total, done, failed, canceled, completed, dead, ends): GroupFound) {
    assert_eq!((done, failed), (completed, dead), "group {id}: its counters and its jobs");
    assert_eq!(done + failed + canceled, total, "group {id} has jobs that never ended");
    assert_eq!(ends, 1, "group {id} ends once");
}
