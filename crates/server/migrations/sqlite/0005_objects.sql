-- The files that are kept, wherever they lie; a file in the store that no row names is an orphan.
CREATE TABLE objects (
    key TEXT NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    -- result, upload or asset: which rule of retention holds.
    kind TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    -- Its own end, whatever the rule says.
    expires_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX objects_account ON objects (account_id, kind, bytes);
CREATE INDEX objects_age ON objects (kind, created_at_ms);
CREATE INDEX objects_expiry ON objects (expires_at_ms) WHERE expires_at_ms IS NOT NULL;

-- What one process at a time does now and then.
CREATE TABLE chores (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    held_until_ms INTEGER NOT NULL,
    done_at_ms INTEGER NOT NULL
) STRICT;

-- One row: which installation this database is. Its file store says the same, so that none sweeps another's files.
CREATE TABLE installation (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL
) STRICT;
