CREATE TABLE brand_kits (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    -- JSON: handle, bio, website_url, avatar_image_url, colors, fonts, logos.
    brand TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    UNIQUE (account_id, name)
);
CREATE UNIQUE INDEX brand_kits_default ON brand_kits (account_id) WHERE is_default;

-- Fonts that an account uploaded; the bytes are among the blobs.
CREATE TABLE fonts (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    -- The name that templates use, and the same in small letters.
    family TEXT NOT NULL,
    family_key TEXT NOT NULL,
    weight_min BIGINT NOT NULL,
    weight_max BIGINT NOT NULL,
    italic BOOLEAN NOT NULL,
    -- JSON: what else the font says of itself.
    facts TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    blob_key TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    UNIQUE (account_id, sha256, family_key)
);
CREATE INDEX fonts_family ON fonts (account_id, family_key);
