-- Prompts get an id of their own and a history of versions. The key and the index keep the
-- names that they got with the table's first name, prompt_new.

CREATE TABLE prompt_new (
    id             TEXT NOT NULL,
    command        VARCHAR,
    user_id        VARCHAR NOT NULL,
    name           TEXT NOT NULL,
    content        TEXT NOT NULL,
    data           JSON,
    meta           JSON,
    access_control JSON,
    is_active      BOOLEAN NOT NULL DEFAULT '1',
    version_id     TEXT,
    tags           JSON,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE UNIQUE INDEX ix_prompt_new_command ON prompt_new (command);

CREATE TABLE prompt_history (
    id             TEXT NOT NULL,
    prompt_id      TEXT NOT NULL,
    parent_id      TEXT,
    snapshot       JSON NOT NULL,
    user_id        TEXT NOT NULL,
    commit_message TEXT,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_prompt_history_prompt_id ON prompt_history (prompt_id);

-- code.c: every prompt goes to prompt_new with a new id, and to prompt_history as its first
-- version.
