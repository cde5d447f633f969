-- Times in ..._at_ms are milliseconds since 1970, UTC; on this server's clock, leases too.
CREATE FUNCTION queue_now_ms() RETURNS BIGINT LANGUAGE SQL VOLATILE AS
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT';

-- The cold half of a job: written when it is enqueued and when it ends, and when an attempt fails.
CREATE TABLE queue_jobs (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind TEXT NOT NULL,
    account BIGINT NOT NULL,
    priority BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    group_id BIGINT,
    payload TEXT NOT NULL,
    -- open, completed, dead, canceled. An open job has one row in queue_ready or in queue_running.
    state TEXT NOT NULL DEFAULT 'open',
    -- As of its end; while it is open they stand in the hot half.
    attempts BIGINT NOT NULL DEFAULT 0,
    failures BIGINT NOT NULL DEFAULT 0,
    crashes BIGINT NOT NULL DEFAULT 0,
    result TEXT,
    -- Of the last failed attempt, or why it is dead.
    error TEXT,
    created_at_ms BIGINT NOT NULL,
    started_at_ms BIGINT,
    finished_at_ms BIGINT
    -- Each row is changed once, at its end, mostly together with its neighbours: with room beside it, no index is touched.
) WITH (fillfactor = 50);
CREATE INDEX queue_jobs_group ON queue_jobs (group_id, id) WHERE group_id IS NOT NULL;
-- For the dead. Not by their state: what an ordinary end does not touch need not be entered anew by it.
CREATE INDEX queue_jobs_failed ON queue_jobs (kind, id) WHERE error IS NOT NULL;

-- The hot half of a job that waits. The hot tables are small and change all the time, hence their vacuum settings.
CREATE TABLE queue_ready (
    job_id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    account BIGINT NOT NULL,
    -- Minus the priority: whatever is smaller goes first.
    rank BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    -- Virtual time: the place in the line that is fair to all accounts. 0 for a job that is delayed.
    vt BIGINT NOT NULL,
    group_id BIGINT,
    max_attempts BIGINT NOT NULL,
    -- Attempts begun so far, attempts that failed, attempts that killed what ran them.
    attempt BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    crashes BIGINT NOT NULL,
    -- A worker died of it, or beside it: from then on it runs alone, and its worker's death is its own doing.
    suspect BOOLEAN NOT NULL,
    -- line: may be claimed. alone: too, but only by itself. later: delayed.
    place TEXT NOT NULL,
    run_at_ms BIGINT NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX queue_ready_line ON queue_ready (kind, rank, vt, job_id) WHERE place = 'line';
CREATE INDEX queue_ready_account ON queue_ready (kind, account, rank, vt) WHERE place = 'line';
CREATE INDEX queue_ready_alone ON queue_ready (kind, job_id) WHERE place = 'alone';
CREATE INDEX queue_ready_later ON queue_ready (run_at_ms) WHERE place = 'later';

-- The hot half of a job that a worker has, whether it was begun or sits in the worker's buffer.
CREATE TABLE queue_running (
    job_id BIGINT PRIMARY KEY,
    worker_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    account BIGINT NOT NULL,
    rank BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    vt BIGINT NOT NULL,
    group_id BIGINT,
    max_attempts BIGINT NOT NULL,
    -- With worker_id it tells this claim from every other one.
    attempt BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    crashes BIGINT NOT NULL,
    suspect BOOLEAN NOT NULL,
    -- NULL in the buffer: a worker that dies did not die of it.
    started_at_ms BIGINT
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX queue_running_worker ON queue_running (worker_id);

CREATE TABLE queue_workers (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The process.
    owner TEXT NOT NULL,
    -- JSON: kind to the number of jobs at once.
    slots TEXT NOT NULL,
    lease_until_ms BIGINT NOT NULL,
    -- It was heard of without a gap from here to there.
    steady_since_ms BIGINT NOT NULL,
    beaten_at_ms BIGINT NOT NULL
);

-- Which process works on a SQLite file; always empty here, where many may work.
CREATE TABLE queue_owner (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    owner TEXT NOT NULL
);

-- What one process does for all: until when it is somebody's or has been done, and how far it has come.
CREATE TABLE queue_chores (
    name TEXT PRIMARY KEY,
    until_ms BIGINT NOT NULL,
    reached BIGINT NOT NULL
);

-- How far the line has been served.
CREATE TABLE queue_turns (
    kind TEXT NOT NULL,
    rank BIGINT NOT NULL,
    vt BIGINT NOT NULL,
    PRIMARY KEY (kind, rank)
);

-- A kind, or * for all.
CREATE TABLE queue_pauses (
    kind TEXT PRIMARY KEY
);

CREATE TABLE queue_groups (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    total BIGINT NOT NULL DEFAULT 0,
    done BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    canceled BIGINT NOT NULL DEFAULT 0,
    -- No more jobs will be added: it ends with the last one.
    closed BOOLEAN NOT NULL DEFAULT FALSE,
    finished_at_ms BIGINT
);

-- How many jobs wait: the sum of the rows. Rows are added, never changed, so that nobody waits for a lock; the fresh
-- ones are folded into one now and then. The smallest account number stands for all of them.
CREATE TABLE queue_tally (
    kind TEXT NOT NULL,
    account BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    delayed BIGINT NOT NULL,
    fresh BOOLEAN NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX queue_tally_account ON queue_tally (kind, account);

-- What ended, likewise; folded by the second, and after ten minutes into one row at 0.
CREATE TABLE queue_pace (
    kind TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    completed BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    busy_ms BIGINT NOT NULL,
    fresh BOOLEAN NOT NULL
);
CREATE INDEX queue_pace_at ON queue_pace (kind, at_ms);

-- Up to `most` jobs for a worker whose lease has not ended, in one statement, which holds the lease until the commit. The
-- smallest account number stands for all accounts.
--
-- A function for the sake of its settings: the line may be three jobs long when the planner last looked and a million
-- now, and reading and sorting all of it, which is right for three, is never needed: the index is in order.
CREATE FUNCTION queue_claim(worker BIGINT, now_ms BIGINT, of_kind TEXT, most BIGINT) RETURNS TABLE (job_id BIGINT,
    kind TEXT, account BIGINT, rank BIGINT, vt BIGINT, group_id BIGINT, attempt BIGINT, failures BIGINT, crashes BIGINT,
    suspect BOOLEAN, payload TEXT)
LANGUAGE plpgsql SET enable_sort = off SET enable_bitmapscan = off SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY WITH alive AS MATERIALIZED (
        SELECT w.id FROM queue_workers w WHERE w.id = worker AND w.lease_until_ms > now_ms FOR KEY SHARE
    ), allowed AS MATERIALIZED (
        SELECT 1 FROM alive WHERE NOT EXISTS (SELECT 1 FROM queue_pauses p WHERE p.kind IN (of_kind, '*'))
    ), lone AS MATERIALIZED (
        SELECT r.job_id FROM queue_ready r WHERE r.kind = of_kind AND r.place = 'alone' AND EXISTS (SELECT 1 FROM allowed)
        ORDER BY r.job_id LIMIT 1 FOR UPDATE SKIP LOCKED
    ), line AS MATERIALIZED (
        SELECT r.job_id FROM queue_ready r WHERE r.kind = of_kind AND r.place = 'line' AND EXISTS (SELECT 1 FROM allowed)
            AND NOT EXISTS (SELECT 1 FROM lone)
        ORDER BY r.rank, r.vt, r.job_id LIMIT most FOR UPDATE SKIP LOCKED
    ), taken AS (
        DELETE FROM queue_ready r
        USING (SELECT lone.job_id FROM lone UNION ALL SELECT line.job_id FROM line) AS p
        WHERE r.job_id = p.job_id RETURNING r.*
    ), running AS (
        INSERT INTO queue_running (job_id, worker_id, kind, account, rank, cost, vt, group_id, max_attempts, attempt,
            failures, crashes, suspect)
        SELECT t.job_id, worker, t.kind, t.account, t.rank, t.cost, t.vt, t.group_id, t.max_attempts, t.attempt + 1,
            t.failures, t.crashes, t.suspect
        FROM taken t
    ), counted AS (
        INSERT INTO queue_tally (kind, account, waiting, delayed, fresh)
        SELECT of_kind, coalesce(t.account, -9223372036854775808), -count(*), 0, TRUE
        FROM taken t GROUP BY GROUPING SETS ((t.account), ()) HAVING count(*) > 0
    ), served AS MATERIALIZED (
        SELECT t.rank, far.vt FROM queue_turns t
        JOIN (SELECT taken.rank, max(taken.vt) AS vt FROM taken GROUP BY taken.rank) AS far ON far.rank = t.rank
        WHERE t.kind = of_kind AND t.vt < far.vt FOR UPDATE OF t SKIP LOCKED
    ), moved AS (
        UPDATE queue_turns t SET vt = served.vt FROM served WHERE t.kind = of_kind AND t.rank = served.rank
    )
    SELECT t.job_id, t.kind, t.account, t.rank, t.vt, t.group_id, t.attempt + 1, t.failures, t.crashes, t.suspect,
        j.payload
    FROM taken t JOIN queue_jobs j ON j.id = t.job_id;
END $$;
