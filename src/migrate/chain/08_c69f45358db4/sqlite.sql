-- Folders for chats.

CREATE TABLE folder (
    id          TEXT NOT NULL,
    parent_id   TEXT,
    user_id     TEXT NOT NULL,
    name        TEXT NOT NULL,
    items       JSON,
    meta        JSON,
    is_expanded BOOLEAN NOT NULL,
    created_at  DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id, user_id)
);

ALTER TABLE chat ADD COLUMN folder_id TEXT;
