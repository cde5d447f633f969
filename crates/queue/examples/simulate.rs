//! Plays a rush on the queue with simulated workers and a simulated clock:
//!
//! ```text
//! cargo run --release -p handbill-queue --example simulate [WORKERS [SLOTS [RENDER_MS]]]
//! ```
//!
//! The queue is the real one, on SQLite: virtual time, batches, priorities, buffers and claims are what a server has.
//! Only the work takes no time here, so that ten times what this machine could render fits into a minute. Printed is how
//! long jobs wait, by who they are of, and how fairly those who wait at the same time are served.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::error::Error;
use std::time::{Duration, Instant};

use handbill_db::{Db, OpenOptions, Target};
use handbill_queue::testing::jobs_to_claim;
use handbill_queue::{AttemptEnd, Hooks, Job, JobId, NewJob, Options, Outcome, Queue, WorkerId};

type Outcomes<T> = Result<T, Box<dyn Error + Send + Sync>>;

const KIND: &str = "render";
/// Of simulated time; what is left then is worked off.
const LASTS: Micros = 60 * SECOND;
/// The crowd comes after ten seconds; these are looked at then.
const WATCHED: (u64, u64) = (15, 35);
/// What a worker needs to hand in and take out, and how soon it looks again when there was nothing.
const TURN: Micros = 10_000;
const POLL: Micros = 750_000;

/// Since the beginning of the play.
type Micros = u64;
const SECOND: Micros = 1_000_000;

/// Somebody who has pictures made.
struct Account {
    number: i64,
    name: &'static str,
    /// Jobs at once, how often a second, with which priority.
    batch: usize,
    per_second: f64,
    priority: i64,
    /// At this time, once, so many.
    crowd: Option<(Micros, usize)>,
}

fn accounts(capacity: f64) -> Vec<Account> {
    let of = |number, name, batch, share: f64, priority| Account {
        number,
        name,
        batch,
        #[allow(clippy::cast_precision_loss)]
        per_second: capacity * share / batch as f64,
        priority,
        crowd: None,
    };
    // Two thirds of what all workers can do, and on top of it a crowd that alone would take half a minute.
    let mut all = vec![
        of(1, "a large one, in batches of 100", 100, 0.30, 0),
        of(2, "a middling one, in batches of 10", 10, 0.20, 0),
        of(3, "urgent single ones", 1, 0.02, 5),
    ];
    all.extend((10..30).map(|number| of(number, "twenty small ones", 1, 0.0075, 0)));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let crowd = (capacity * 30.0) as usize;
    all.push(Account { crowd: Some((10 * SECOND, crowd)), ..of(2000, "one who comes with a crowd", 1, 0.0, 0) });
    all
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Arrival {
        account: usize,
    },
    Crowd {
        account: usize,
    },
    /// A worker's turn: what is done goes in, what is to do comes out.
    Turn {
        worker: usize,
    },
    Done {
        worker: usize,
        job: JobId,
    },
}

struct SimulatedWorker {
    id: WorkerId,
    buffer: VecDeque<Job>,
    at_work: BTreeMap<JobId, Job>,
    done: Vec<Job>,
    /// A turn is under way or will come by itself at this time.
    next_turn: Option<Micros>,
}

struct Play {
    queue: Queue,
    accounts: Vec<Account>,
    workers: Vec<SimulatedWorker>,
    slots: usize,
    render: Micros,
    events: BinaryHeap<Reverse<(Micros, Event)>>,
    chance: u64,
    arrived: BTreeMap<JobId, (usize, Micros)>,
    /// By account: how long each job waited until it was begun.
    waits: BTreeMap<usize, Vec<Micros>>,
    /// By second and account: jobs begun, and whether more waited.
    begun: BTreeMap<u64, BTreeMap<usize, usize>>,
    open: BTreeMap<usize, usize>,
    turns: usize,
    deepest: usize,
}

#[tokio::main]
async fn main() -> Outcomes<()> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let mut next = |default| arguments.next().unwrap_or(Ok(default));
    let (workers, slots, render_ms) = (next(10)?, usize::try_from(next(4)?)?, next(20)?);
    #[allow(clippy::cast_precision_loss)]
    let capacity = workers as f64 * slots as f64 * 1000.0 / render_ms as f64;
    println!("{workers} workers with {slots} slots, renders of {render_ms} ms: {capacity:.0} renders/s at the most\n");

    let folder = std::env::temp_dir().join(format!("handbill-simulate-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let db = Db::open(&Target::Sqlite(folder.join("queue.db")), &OpenOptions::default()).await?;
    Queue::migrate(&db).await?;
    // Real time passes beside the simulated one, and no lease may end of it.
    let options = Options { lease: Duration::from_secs(86_400), ..Options::default() };
    let queue = Queue::new(db.clone(), options, Hooks::default());
    let mut play = Play::new(queue, accounts(capacity), slots, render_ms * 1000);
    for _ in 0..workers {
        play.hire().await?;
    }
    let begun = Instant::now();
    play.run().await?;
    play.report(begun.elapsed());
    db.close().await;
    Ok(std::fs::remove_dir_all(&folder)?)
}

impl Play {
    fn new(queue: Queue, accounts: Vec<Account>, slots: usize, render: Micros) -> Play {
        Play {
            queue,
            accounts,
            workers: Vec::new(),
            slots,
            render,
            events: BinaryHeap::new(),
            chance: 1,
            arrived: BTreeMap::new(),
            waits: BTreeMap::new(),
            begun: BTreeMap::new(),
            open: BTreeMap::new(),
            turns: 0,
            deepest: 0,
        }
    }

    async fn hire(&mut self) -> Outcomes<()> {
        let mut tx = self.queue.db().begin_lazy().await?;
        let id = self.queue.register(&mut tx, &[(KIND.to_owned(), i64::try_from(self.slots)?)].into()).await?;
        tx.commit().await?;
        self.workers.push(SimulatedWorker {
            id,
            buffer: VecDeque::new(),
            at_work: BTreeMap::new(),
            done: Vec::new(),
            next_turn: None,
        });
        Ok(())
    }

    async fn run(&mut self) -> Outcomes<()> {
        for account in 0..self.accounts.len() {
            self.expect_arrival(0, account);
            if let Some((at, _)) = self.accounts[account].crowd {
                self.events.push(Reverse((at, Event::Crowd { account })));
            }
        }
        for worker in 0..self.workers.len() {
            self.expect_turn(0, worker);
        }
        while let Some(Reverse((now, event))) = self.events.pop() {
            match event {
                Event::Arrival { account } => {
                    self.enqueue(now, account, self.accounts[account].batch).await?;
                    self.expect_arrival(now, account);
                }
                Event::Crowd { account } => {
                    let (_, size) = self.accounts[account].crowd.unwrap_or_default();
                    self.enqueue(now, account, size).await?;
                }
                // One that was put forward.
                Event::Turn { worker } if self.workers[worker].next_turn != Some(now) => {}
                Event::Turn { worker } => self.turn(now, worker).await?,
                Event::Done { worker, job } => self.finish(now, worker, job),
            }
            if now > LASTS && self.open.values().all(|open| *open == 0) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Arrivals know nothing of each other: the pauses are exponential.
    fn expect_arrival(&mut self, now: Micros, account: usize) {
        let per_second = self.accounts[account].per_second;
        if per_second <= 0.0 {
            return;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let pause = (-self.random().ln() / per_second * 1e6) as Micros;
        if now + pause < LASTS {
            self.events.push(Reverse((now + pause, Event::Arrival { account })));
        }
    }

    /// In 0..1, the same each time (splitmix64).
    #[allow(clippy::cast_precision_loss)]
    fn random(&mut self) -> f64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.chance;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) as f64 + 1.0) / 18_446_744_073_709_551_617.0
    }

    async fn enqueue(&mut self, now: Micros, account: usize, count: usize) -> Outcomes<()> {
        let Account { number, priority, .. } = self.accounts[account];
        let jobs: Vec<NewJob> =
            (0..count).map(|_| NewJob { priority, ..NewJob::new(KIND, number, String::new()) }).collect();
        let mut tx = self.queue.db().begin_lazy().await?;
        let ids = self.queue.enqueue_all(&mut tx, &jobs).await?;
        tx.commit().await?;
        self.arrived.extend(ids.into_iter().map(|id| (id, (account, now))));
        *self.open.entry(account).or_default() += count;
        self.deepest = self.deepest.max(self.open.values().sum());
        // The bell: whoever has nothing to do looks at once.
        for worker in 0..self.workers.len() {
            if self.workers[worker].at_work.len() < self.slots {
                self.expect_turn(now, worker);
            }
        }
        Ok(())
    }

    /// The turn comes then, or sooner if it would have.
    fn expect_turn(&mut self, at: Micros, worker: usize) {
        let next = &mut self.workers[worker].next_turn;
        if next.is_none_or(|next| next > at) {
            *next = Some(at);
            self.events.push(Reverse((at, Event::Turn { worker })));
        }
    }

    async fn turn(&mut self, now: Micros, at: usize) -> Outcomes<()> {
        self.turns += 1;
        let render = Duration::from_micros(self.render);
        let worker = &mut self.workers[at];
        worker.next_turn = None;
        let outcomes: Vec<Outcome> =
            std::mem::take(&mut worker.done).iter().map(|job| completed(job, render)).collect();
        let out = worker.buffer.len() + worker.at_work.len();
        let wanted = jobs_to_claim(self.slots, out, Some(render));
        if outcomes.is_empty() && wanted == 0 {
            return Ok(());
        }
        let mut tx = self.queue.db().begin_lazy().await?;
        self.queue.settle(&mut tx, worker.id, &outcomes).await?;
        let claimed = if wanted == 0 {
            Vec::new()
        } else {
            self.queue.claim(&mut tx, worker.id, KIND, i64::try_from(wanted)?).await?
        };
        tx.commit().await?;
        let more = claimed.len() == wanted;
        worker.buffer.extend(claimed);
        self.begin(now + TURN, at);
        self.expect_turn(now + if more && wanted > 0 { TURN } else { POLL }, at);
        Ok(())
    }

    /// Free slots take from the buffer.
    fn begin(&mut self, now: Micros, at: usize) {
        while self.workers[at].at_work.len() < self.slots {
            let Some(job) = self.workers[at].buffer.pop_front() else { return };
            let (account, arrived) = self.arrived.remove(&job.id).unwrap_or((0, now));
            self.waits.entry(account).or_default().push(now.saturating_sub(arrived));
            *self.begun.entry(now / SECOND).or_default().entry(account).or_default() += 1;
            // Some templates are dearer than others.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let takes = (self.render as f64 * (0.5 + self.random())) as Micros;
            self.events.push(Reverse((now + takes, Event::Done { worker: at, job: job.id })));
            self.workers[at].at_work.insert(job.id, job);
        }
    }

    fn finish(&mut self, now: Micros, at: usize, job: JobId) {
        let Some(job) = self.workers[at].at_work.remove(&job) else { return };
        if let Some(account) = self.accounts.iter().position(|account| account.number == job.account) {
            *self.open.entry(account).or_default() -= 1;
        }
        self.workers[at].done.push(job);
        self.begin(now, at);
        self.expect_turn(now + TURN, at);
    }

    fn report(&self, took: Duration) {
        let jobs: usize = self.waits.values().map(Vec::len).sum();
        let last = self.begun.keys().last().copied().unwrap_or(0);
        println!("{jobs} jobs in {last} s of simulated time, {} waited at once at the most", self.deepest);
        #[allow(clippy::cast_precision_loss)]
        let pace = jobs as f64 / took.as_secs_f64();
        println!("the queue itself did them in {took:.1?} in {} turns: {pace:.0} jobs/s\n", self.turns);
        println!("{:<36} {:>8} {:>10} {:>10} {:>10}", "waited until begun", "jobs", "p50", "p95", "max");
        let mut by_name: BTreeMap<&str, Vec<Micros>> = BTreeMap::new();
        for (account, waits) in &self.waits {
            by_name.entry(self.accounts[*account].name).or_default().extend(waits);
        }
        for (name, mut waits) in by_name {
            waits.sort_unstable();
            let at = |share: usize| Duration::from_micros(waits[(waits.len() - 1) * share / 100]);
            println!("{name:<36} {:>8} {:>10.0?} {:>10.0?} {:>10.0?}", waits.len(), at(50), at(95), at(100));
        }
        self.report_fairness();
    }

    /// While the crowd waits, nobody gets less than the fair share of it all, unless they ask for less.
    #[allow(clippy::cast_precision_loss)]
    fn report_fairness(&self) {
        println!("\n{:<36} {:>10} {:>10}", "renders/s while the crowd waits", "begun", "fair");
        let seconds = WATCHED.1 - WATCHED.0;
        let begun: Vec<f64> = (0..self.accounts.len())
            .map(|account| {
                let counts = (WATCHED.0..WATCHED.1).filter_map(|second| self.begun.get(&second)?.get(&account));
                counts.sum::<usize>() as f64 / seconds as f64
            })
            .collect();
        let fair = fair_shares(&self.accounts, begun.iter().sum());
        let mut by_name: BTreeMap<&str, (f64, f64, f64)> = BTreeMap::new();
        for (of, (begun, fair)) in self.accounts.iter().zip(begun.iter().zip(fair)) {
            let sum = by_name.entry(of.name).or_default();
            *sum = (sum.0 + begun, sum.1 + fair, sum.2 + 1.0);
        }
        for (name, (begun, fair, accounts)) in by_name {
            println!("{name:<36} {:>10.1} {:>10.1}", begun / accounts, fair / accounts);
        }
    }
}

/// Urgent ones first; of the rest everybody gets the same, or less if they ask for less.
#[allow(clippy::cast_precision_loss)]
fn fair_shares(accounts: &[Account], mut capacity: f64) -> Vec<f64> {
    let mut shares = vec![0.0; accounts.len()];
    let asked = |of: &Account| if of.crowd.is_some() { f64::INFINITY } else { of.per_second * of.batch as f64 };
    let mut order: Vec<usize> = (0..accounts.len()).collect();
    order.sort_by(|a, b| {
        let key = |at: &usize| (-accounts[*at].priority, asked(&accounts[*at]));
        key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal)
    });
    for (nth, at) in order.iter().enumerate() {
        let urgent = accounts[*at].priority > 0;
        let equal = if urgent { capacity } else { capacity / (order.len() - nth) as f64 };
        shares[*at] = asked(&accounts[*at]).min(equal);
        capacity -= shares[*at];
    }
    shares
}

fn completed(job: &Job, busy: Duration) -> Outcome {
    Outcome { job: job.id, attempt: job.attempt, busy, end: AttemptEnd::Completed(String::new()) }
}
