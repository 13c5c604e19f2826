-- Skills get files and a history of versions.

ALTER TABLE skill ADD COLUMN version_id TEXT;
ALTER TABLE skill ADD COLUMN data JSON;

CREATE TABLE skill_history (
    id             TEXT NOT NULL,
    skill_id       TEXT NOT NULL,
    parent_id      TEXT,
    snapshot       JSON NOT NULL,
    user_id        TEXT NOT NULL,
    commit_message TEXT,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_skill_history_skill_id ON skill_history (skill_id);

-- code.c: every skill gets its first version.
