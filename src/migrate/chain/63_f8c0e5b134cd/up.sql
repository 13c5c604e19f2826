-- Tools and functions get a history of versions.

ALTER TABLE tool ADD COLUMN version_id TEXT;

CREATE TABLE tool_history (
    id             TEXT NOT NULL,
    tool_id        TEXT NOT NULL,
    parent_id      TEXT,
    snapshot       JSON NOT NULL,
    user_id        TEXT NOT NULL,
    commit_message TEXT,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_tool_history_tool_id ON tool_history (tool_id);

ALTER TABLE function ADD COLUMN version_id TEXT;

CREATE TABLE function_history (
    id             TEXT NOT NULL,
    function_id    TEXT NOT NULL,
    parent_id      TEXT,
    snapshot       JSON NOT NULL,
    user_id        TEXT NOT NULL,
    commit_message TEXT,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_function_history_function_id ON function_history (function_id);

-- code.c: every tool and function gets its first version.
