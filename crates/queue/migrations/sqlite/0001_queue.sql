-- Times in ..._at_ms are milliseconds since 1970, UTC; a lease ends on the process's own steady clock.
-- The cold half of a job: written when it is enqueued and when it ends, and when an attempt fails.
-- AUTOINCREMENT: the number of a job is in the names of its files, so it is never used again.
CREATE TABLE queue_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    account INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    group_id INTEGER,
    payload TEXT NOT NULL,
    -- open, completed, dead, canceled. An open job has one row in queue_ready or in queue_running.
    state TEXT NOT NULL DEFAULT 'open',
    -- As of its end; while it is open they stand in the hot half.
    attempts INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    result TEXT,
    -- Of the last failed attempt, or why it is dead.
    error TEXT,
    created_at_ms INTEGER NOT NULL,
    started_at_ms INTEGER,
    finished_at_ms INTEGER
) STRICT;
CREATE INDEX queue_jobs_group ON queue_jobs (group_id, id) WHERE group_id IS NOT NULL;
-- For the dead. Not by their state: what an ordinary end does not touch need not be entered anew by it.
CREATE INDEX queue_jobs_failed ON queue_jobs (kind, id) WHERE error IS NOT NULL;

-- The hot half of a job that waits.
CREATE TABLE queue_ready (
    job_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    account INTEGER NOT NULL,
    -- Minus the priority: whatever is smaller goes first.
    rank INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    -- Virtual time: the place in the line that is fair to all accounts. 0 for a job that is delayed.
    vt INTEGER NOT NULL,
    group_id INTEGER,
    max_attempts INTEGER NOT NULL,
    -- Attempts begun so far, attempts that failed, attempts that killed what ran them.
    attempt INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    crashes INTEGER NOT NULL,
    -- A worker died of it, or beside it: from then on it runs alone, and its worker's death is its own doing.
    suspect INTEGER NOT NULL,
    -- line: may be claimed. alone: too, but only by itself. later: delayed.
    place TEXT NOT NULL,
    run_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX queue_ready_line ON queue_ready (kind, rank, vt, job_id) WHERE place = 'line';
CREATE INDEX queue_ready_account ON queue_ready (kind, account, rank, vt) WHERE place = 'line';
CREATE INDEX queue_ready_alone ON queue_ready (kind, job_id) WHERE place = 'alone';
CREATE INDEX queue_ready_later ON queue_ready (run_at_ms) WHERE place = 'later';

-- The hot half of a job that a worker has, whether it was begun or sits in the worker's buffer.
CREATE TABLE queue_running (
    job_id INTEGER PRIMARY KEY,
    worker_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    account INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    vt INTEGER NOT NULL,
    group_id INTEGER,
    max_attempts INTEGER NOT NULL,
    -- With worker_id it tells this claim from every other one.
    attempt INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    crashes INTEGER NOT NULL,
    suspect INTEGER NOT NULL,
    -- NULL in the buffer: a worker that dies did not die of it.
    started_at_ms INTEGER
) STRICT;
CREATE INDEX queue_running_worker ON queue_running (worker_id);

CREATE TABLE queue_workers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The process.
    owner TEXT NOT NULL,
    -- JSON: kind to the number of jobs at once.
    slots TEXT NOT NULL,
    lease_until_ms INTEGER NOT NULL,
    -- It was heard of without a gap from here to there.
    steady_since_ms INTEGER NOT NULL,
    beaten_at_ms INTEGER NOT NULL
) STRICT;

-- Which process works on this file: one at a time. One row, or none.
CREATE TABLE queue_owner (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    owner TEXT NOT NULL
) STRICT;

-- What one process does for all: until when it is somebody's or has been done, and how far it has come.
CREATE TABLE queue_chores (
    name TEXT PRIMARY KEY,
    until_ms INTEGER NOT NULL,
    reached INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far the line has been served.
CREATE TABLE queue_turns (
    kind TEXT NOT NULL,
    rank INTEGER NOT NULL,
    vt INTEGER NOT NULL,
    PRIMARY KEY (kind, rank)
) STRICT, WITHOUT ROWID;

-- A kind, or * for all.
CREATE TABLE queue_pauses (
    kind TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE queue_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    total INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    canceled INTEGER NOT NULL DEFAULT 0,
    -- No more jobs will be added: it ends with the last one.
    closed INTEGER NOT NULL DEFAULT 0,
    finished_at_ms INTEGER
) STRICT;

-- How many jobs wait: the sum of the rows. Rows are added, never changed, so that nobody waits for a lock; the fresh
-- ones are folded into one now and then. The smallest account number stands for all of them.
CREATE TABLE queue_tally (
    kind TEXT NOT NULL,
    account INTEGER NOT NULL,
    waiting INTEGER NOT NULL,
    delayed INTEGER NOT NULL,
    fresh INTEGER NOT NULL
) STRICT;
CREATE INDEX queue_tally_account ON queue_tally (kind, account);

-- What ended, likewise; folded by the second, and after ten minutes into one row at 0.
CREATE TABLE queue_pace (
    kind TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    busy_ms INTEGER NOT NULL,
    fresh INTEGER NOT NULL
) STRICT;
CREATE INDEX queue_pace_at ON queue_pace (kind, at_ms);
