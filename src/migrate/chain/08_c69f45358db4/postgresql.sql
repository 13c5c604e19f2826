-- Folders for chats.

CREATE TABLE folder (
    id          TEXT NOT NULL,
    parent_id   TEXT,
    user_id     TEXT NOT NULL,
    name        TEXT NOT NULL,
    items       JSON,
    meta        JSON,
    is_expanded BOOLEAN NOT NULL,
    created_at  TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT now(),
    updated_at  TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT now(),
    PRIMARY KEY (id, user_id)
);

ALTER TABLE chat ADD COLUMN folder_id TEXT;
