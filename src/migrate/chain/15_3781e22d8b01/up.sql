-- Reactions to messages, members of channels, a type for channels, and threads.

ALTER TABLE channel ADD COLUMN "type" TEXT;
ALTER TABLE message ADD COLUMN parent_id TEXT;

CREATE TABLE message_reaction (
    id         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    message_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at BIGINT,
    PRIMARY KEY (id),
    UNIQUE (id)
);

CREATE TABLE channel_member (
    id         TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    created_at BIGINT,
    PRIMARY KEY (id),
    UNIQUE (id)
);
