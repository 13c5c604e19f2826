-- A file knows where its content lies, and its meta is JSON instead of text.

ALTER TABLE file ADD COLUMN path TEXT;

CREATE TABLE _alembic_tmp_file (
    id         VARCHAR NOT NULL,
    user_id    VARCHAR,
    filename   TEXT,
    meta       JSON,
    created_at BIGINT,
    hash       TEXT,
    data       JSON,
    updated_at BIGINT,
    path       TEXT,
    PRIMARY KEY (id)
);

INSERT INTO _alembic_tmp_file (
    id, user_id, filename, meta, created_at, hash, data, updated_at, path
)
SELECT
    id, user_id, filename, meta, created_at, hash, data, updated_at, path
FROM file;

DROP TABLE file;
ALTER TABLE _alembic_tmp_file RENAME TO file;

-- code.c: path is taken out of meta where it is not set.
