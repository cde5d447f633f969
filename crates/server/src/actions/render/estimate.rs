//! How long it will take until a render is done, judged by what renders took of late and how many are before it.
//!
//! Two things bound the pace: the engine processes draw one render each, and so many jobs are under way at once. What
//! renders took is known without their waits for a process, so the judgement is the same whether the queue has been full
//! or empty.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use handbill_db::Conn;
use handbill_queue::{Ahead, JobId, Stats};

use crate::actions::Result;
use crate::app::App;
use crate::clock;
use crate::store::render::{self as renders, RecentTimes};
use crate::workers::render::{JOBS_PER_ENGINE, KIND};

/// The pace changes slowly: it need not be read for every request.
const FRESH: Duration = Duration::from_secs(1);
/// Before anything was drawn.
const A_GUESS: RecentTimes = RecentTimes { work_ms: 400.0, draw_ms: 300.0 };

/// Where a render stands, and when it will be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// 1 is the next one. From 10,000 on it may be more.
    pub position: i64,
    pub left: Duration,
}

/// What bounds the speed of all workers together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Nothing before the first render.
    average: Option<Duration>,
    times: RecentTimes,
    engines: f64,
    slots: f64,
    /// At work.
    active: f64,
}

/// The pace as it was read last.
#[derive(Default)]
pub(crate) struct LastPace {
    read: Mutex<Option<(Instant, Pace)>>,
    /// What to go by before the first render.
    rehearsed: Mutex<Option<RecentTimes>>,
}

impl LastPace {
    pub(crate) async fn read(&self, app: &App, conn: &mut Conn) -> Result<Pace> {
        let last = *self.read.lock().unwrap_or_else(PoisonError::into_inner);
        // A guess lasts no longer than until it is known better.
        let lasts = |(at, pace): &(Instant, Pace)| pace.average.is_some() && at.elapsed() < FRESH;
        if let Some((_, pace)) = last.filter(lasts) {
            return Ok(pace);
        }
        let stats = app.queue.stats(conn, KIND).await?;
        let rehearsed = *self.rehearsed.lock().unwrap_or_else(PoisonError::into_inner);
        let pace = Pace::new(&stats, renders::recent_times(conn).await?, rehearsed);
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), pace));
        Ok(pace)
    }

    pub(crate) fn rehearsed(&self, times: RecentTimes) {
        *self.rehearsed.lock().unwrap_or_else(PoisonError::into_inner) = Some(times);
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of jobs")]
impl Pace {
    pub(crate) fn new(stats: &Stats, recent: Option<RecentTimes>, rehearsed: Option<RecentTimes>) -> Pace {
        let slots = stats.slots.max(JOBS_PER_ENGINE as i64) as f64;
        let average = recent.map(|times| Duration::from_secs_f64(times.work_ms.max(0.0) / 1000.0));
        let times = recent.or(rehearsed).unwrap_or(A_GUESS);
        Pace { average, times, engines: slots / JOBS_PER_ENGINE as f64, slots, active: stats.active as f64 }
    }

    /// Of a render's work.
    pub(crate) fn average(&self) -> Option<Duration> {
        self.average
    }

    /// Until a render with so many before it is done.
    pub(crate) fn left(&self, ahead: i64) -> Duration {
        let RecentTimes { work_ms, draw_ms } = self.times;
        // Those that are at work are half done, as a rule.
        let before = ahead as f64 + self.active / 2.0;
        let each_ms = (draw_ms / self.engines).max(work_ms / self.slots);
        Duration::from_secs_f64((work_ms + before * each_ms).max(1.0) / 1000.0)
    }
}

/// Of a job that waits; `until_ms` if it is delayed.
pub(crate) async fn estimate(app: &App, conn: &mut Conn, job: JobId, until_ms: Option<i64>) -> Result<Estimate> {
    let pace = app.pace.read(app, conn).await?;
    // In no line: a worker has it already, and it is next.
    let ahead = app.queue.ahead_of(conn, job).await?.map_or(0, |Ahead { jobs, .. }| jobs);
    let rest_ms = until_ms.map_or(0, |until_ms| (until_ms - clock::now_ms()).max(0));
    let rest = Duration::from_millis(u64::try_from(rest_ms).unwrap_or(0));
    Ok(Estimate { position: ahead + 1, left: rest + pace.left(ahead) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When the last of so many jobs is done, in ms: each gets its pictures, then waits for an engine process.
    fn simulate(engines: usize, fetch_ms: f64, draw_ms: f64, jobs: usize) -> f64 {
        let mut slots_free = vec![0.0_f64; engines * JOBS_PER_ENGINE];
        let mut engines_free = vec![0.0_f64; engines];
        let soonest = |free: &[f64]| (0..free.len()).min_by(|a, b| free[*a].total_cmp(&free[*b])).unwrap();
        let mut last = 0.0;
        for _ in 0..jobs {
            let slot = soonest(&slots_free);
            let engine = soonest(&engines_free);
            last = (slots_free[slot] + fetch_ms).max(engines_free[engine]) + draw_ms;
            engines_free[engine] = last;
            slots_free[slot] = last;
        }
        last
    }

    fn pace(engines: usize, active: i64, fetch_ms: f64, draw_ms: f64) -> Pace {
        let slots = i64::try_from(engines * JOBS_PER_ENGINE).unwrap();
        let stats = Stats { slots, active, workers: 1, ..Stats::default() };
        Pace::new(&stats, Some(RecentTimes { work_ms: fetch_ms + draw_ms, draw_ms }), None)
    }

    #[test]
    fn estimates_are_within_a_factor_of_2_at_any_depth() {
        for engines in [1, 2, 4, 8, 32] {
            for (fetch_ms, draw_ms) in [(0.0, 20.0), (0.0, 900.0), (15.0, 60.0), (200.0, 60.0), (2000.0, 40.0)] {
                for depth in [10, 100, 1000_usize] {
                    let estimated = pace(engines, 0, fetch_ms, draw_ms).left(i64::try_from(depth).unwrap() - 1);
                    let truth = simulate(engines, fetch_ms, draw_ms, depth);
                    let factor = estimated.as_secs_f64() * 1000.0 / truth;
                    assert!((0.5..=2.0).contains(&factor), "{engines} {fetch_ms} {draw_ms} {depth}: {factor}");
                }
            }
        }
    }

    #[test]
    fn those_at_work_count_half() {
        let idle = pace(1, 0, 0.0, 100.0).left(0);
        assert_eq!(idle, Duration::from_millis(100));
        assert_eq!(pace(1, 2, 0.0, 100.0).left(0), Duration::from_millis(200));
        assert_eq!(pace(1, 0, 0.0, 100.0).left(9), Duration::from_secs(1));
    }
}
