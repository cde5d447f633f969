CREATE TABLE brand_kits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    -- JSON: handle, bio, website_url, avatar_image_url, colors, fonts, logos.
    brand TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    UNIQUE (account_id, name)
) STRICT;
CREATE UNIQUE INDEX brand_kits_default ON brand_kits (account_id) WHERE is_default;

-- Fonts that an account uploaded; the bytes are among the blobs.
CREATE TABLE fonts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    -- The name that templates use, and the same in small letters.
    family TEXT NOT NULL,
    family_key TEXT NOT NULL,
    weight_min INTEGER NOT NULL,
    weight_max INTEGER NOT NULL,
    italic INTEGER NOT NULL,
    -- JSON: what else the font says of itself.
    facts TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    blob_key TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    UNIQUE (account_id, sha256, family_key)
) STRICT;
CREATE INDEX fonts_family ON fonts (account_id, family_key);
