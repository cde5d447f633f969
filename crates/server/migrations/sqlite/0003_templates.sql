-- Numbers below 10000 are those of the starters in the program.
CREATE TABLE templates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    slug TEXT NOT NULL,
    -- The current one.
    version INTEGER NOT NULL,
    -- These are the current version's, for lists.
    name TEXT NOT NULL,
    description TEXT,
    -- A JSON array.
    tags TEXT NOT NULL,
    -- Name, slug, description and tags in small letters.
    search TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    UNIQUE (account_id, slug)
) STRICT;
INSERT INTO sqlite_sequence (name, seq) VALUES ('templates', 9999);

-- Further names of the current version; numbers as text.
CREATE TABLE template_aliases (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    alias TEXT NOT NULL,
    template_id INTEGER NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, alias)
) STRICT;
CREATE INDEX template_aliases_template ON template_aliases (template_id);

-- Never changed.
CREATE TABLE template_versions (
    template_id INTEGER NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    -- SHA-256 of the canonical JSON and of every file, in hexadecimal.
    hash TEXT NOT NULL,
    -- The canonical JSON.
    content TEXT NOT NULL,
    note TEXT,
    -- A token's name, or where else it came from.
    author TEXT NOT NULL,
    token_id INTEGER REFERENCES tokens (id),
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (template_id, version)
) STRICT;

-- The files beside a version's template.json.
CREATE TABLE template_files (
    template_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    path TEXT NOT NULL,
    account_id INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (template_id, version, path),
    FOREIGN KEY (template_id, version) REFERENCES template_versions (template_id, version) ON DELETE CASCADE
) STRICT;
CREATE INDEX template_files_asset ON template_files (account_id, sha256);

-- Files by their content, each once in an account; the bytes are among the blobs.
CREATE TABLE assets (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    -- When somebody last was about to store it; what nothing names is swept some time after.
    touched_at_ms INTEGER NOT NULL,
    -- NULL until the bytes are there.
    stored_at_ms INTEGER,
    PRIMARY KEY (account_id, sha256)
) STRICT;
