-- Times are milliseconds since 1970, UTC. A render is what an API calls a job: what was asked for, and what became of it.
-- How an open one stands at the moment is the queue's knowledge, not this table's.
CREATE TABLE renders (
    -- A UUIDv7, so that the order of the numbers is the order in time.
    id UUID NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    -- In the queue, which forgets its own row sooner.
    queue_job_id BIGINT NOT NULL UNIQUE,
    -- Where it was asked for: render, generate.
    origin TEXT NOT NULL,
    -- As it was sent, and the name of the very version that it was taken for.
    template TEXT NOT NULL,
    template_version TEXT NOT NULL,
    -- JSON.
    request TEXT NOT NULL,
    metadata TEXT,
    webhook_url TEXT,
    output TEXT NOT NULL,
    slides BIGINT NOT NULL,
    -- 128 random bits: the names of its files are made from it.
    seed BYTEA NOT NULL,
    -- open, completed, failed, canceled.
    state TEXT NOT NULL DEFAULT 'open',
    -- Slides that the present attempt has drawn.
    slides_done BIGINT NOT NULL DEFAULT 0,
    -- JSON: files and report, or what went wrong.
    result TEXT,
    error TEXT,
    -- From the first byte to the last, and of that in the engine.
    work_ms BIGINT,
    draw_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    started_at_ms BIGINT,
    finished_at_ms BIGINT
);
CREATE INDEX renders_account ON renders (account_id, id);
CREATE INDEX renders_finished ON renders (finished_at_ms) WHERE finished_at_ms IS NOT NULL;

-- What an account's requests with an Idempotency-Key have made, for a day.
CREATE TABLE idempotency_keys (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    -- Which endpoint: the same key means something else at another one.
    endpoint TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_sha256 BYTEA NOT NULL,
    -- The number of what was made.
    made TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, endpoint, idempotency_key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at_ms);
