-- Times are milliseconds since 1970, UTC. AUTOINCREMENT: an account's number is in the paths of its files, so it is
-- never used again.
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_email ON accounts (lower(email));

CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    sha256 BLOB NOT NULL UNIQUE,
    -- The first letters of the token, for people to tell tokens apart.
    prefix TEXT NOT NULL,
    -- `all`, or names separated by spaces.
    scopes TEXT NOT NULL,
    webhook_url TEXT,
    -- Not hashed: it signs.
    webhook_secret TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER,
    last_used_at_ms INTEGER,
    revoked_at_ms INTEGER
) STRICT;
CREATE INDEX tokens_account ON tokens (account_id, id);
