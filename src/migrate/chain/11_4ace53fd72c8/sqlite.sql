-- The times of a folder become whole seconds since 1970, without a default.

CREATE TABLE _alembic_tmp_folder (
    id          TEXT NOT NULL,
    parent_id   TEXT,
    user_id     TEXT NOT NULL,
    name        TEXT NOT NULL,
    items       JSON,
    meta        JSON,
    is_expanded BOOLEAN NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (id, user_id)
);

-- The times are text here. Upstream casts that text to a number, which leaves the year; this is what
-- it meant.
INSERT INTO _alembic_tmp_folder (
    id, parent_id, user_id, name, items, meta, is_expanded,
    created_at, updated_at
)
SELECT
    id, parent_id, user_id, name, items, meta, is_expanded,
    CAST(strftime('%s', created_at) AS INTEGER), CAST(strftime('%s', updated_at) AS INTEGER)
FROM folder;

DROP TABLE folder;
ALTER TABLE _alembic_tmp_folder RENAME TO folder;
