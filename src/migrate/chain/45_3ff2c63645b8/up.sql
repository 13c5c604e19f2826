-- A setting becomes a row; the old table stays under the name config_old, with its sequence.

ALTER TABLE config RENAME TO config_old;

CREATE TABLE config (
    "key"      TEXT NOT NULL,
    value      JSON NOT NULL,
    updated_at BIGINT,
    PRIMARY KEY ("key")
);

-- code.c: the newest data of config_old is flattened into rows.
