-- Models get a history of versions.

ALTER TABLE model ADD COLUMN version_id TEXT;

CREATE TABLE model_history (
    id             TEXT NOT NULL,
    model_id       TEXT NOT NULL,
    parent_id      TEXT,
    snapshot       JSON NOT NULL,
    user_id        TEXT NOT NULL,
    commit_message TEXT,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_model_history_model_id ON model_history (model_id);

-- code.c: every model gets its first version.
