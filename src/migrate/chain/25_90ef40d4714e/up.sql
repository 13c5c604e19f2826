-- Channels can be private, archived and deleted; members have a role; webhooks post into channels.

ALTER TABLE channel ADD COLUMN is_private BOOLEAN;
ALTER TABLE channel ADD COLUMN archived_at BIGINT;
ALTER TABLE channel ADD COLUMN archived_by TEXT;
ALTER TABLE channel ADD COLUMN deleted_at BIGINT;
ALTER TABLE channel ADD COLUMN deleted_by TEXT;
ALTER TABLE channel ADD COLUMN updated_by TEXT;
ALTER TABLE channel_member ADD COLUMN role TEXT;
ALTER TABLE channel_member ADD COLUMN invited_by TEXT;
ALTER TABLE channel_member ADD COLUMN invited_at BIGINT;

CREATE TABLE channel_webhook (
    id                TEXT NOT NULL,
    user_id           TEXT NOT NULL,
    channel_id        TEXT NOT NULL,
    name              TEXT NOT NULL,
    profile_image_url TEXT,
    token             TEXT NOT NULL,
    last_used_at      BIGINT,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (id),
    FOREIGN KEY (channel_id) REFERENCES channel (id) ON DELETE CASCADE
);
