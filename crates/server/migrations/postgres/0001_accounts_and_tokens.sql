-- Times are milliseconds since 1970, UTC. An account's number is in the paths of its files, so it is never used again.
CREATE TABLE accounts (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_email ON accounts (lower(email));

CREATE TABLE tokens (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    sha256 BYTEA NOT NULL UNIQUE,
    -- The first letters of the token, for people to tell tokens apart.
    prefix TEXT NOT NULL,
    -- `all`, or names separated by spaces.
    scopes TEXT NOT NULL,
    webhook_url TEXT,
    -- Not hashed: it signs.
    webhook_secret TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT,
    last_used_at_ms BIGINT,
    revoked_at_ms BIGINT
);
CREATE INDEX tokens_account ON tokens (account_id, id);
