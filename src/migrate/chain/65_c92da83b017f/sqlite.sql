-- Apps, which take part in channels: a member is either a user or an app.

CREATE TABLE app (
    id         TEXT NOT NULL,
    slug       TEXT NOT NULL,
    name       TEXT NOT NULL,
    user_id    TEXT,
    is_active  BOOLEAN NOT NULL DEFAULT 0,
    data       JSON NOT NULL,
    api_key    TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (slug)
);

ALTER TABLE channel_member ALTER COLUMN user_id DROP NOT NULL;
ALTER TABLE channel_member ADD COLUMN app_id TEXT;

ALTER TABLE channel_member
    ADD CONSTRAINT ck_channel_member_identity CHECK ((user_id IS NULL) <> (app_id IS NULL));

ALTER TABLE channel_member ADD CONSTRAINT uq_channel_member_app UNIQUE (channel_id, app_id);

CREATE INDEX ix_channel_member_app_active ON channel_member (app_id, is_active);

ALTER TABLE message ADD COLUMN app_id TEXT;

CREATE INDEX ix_message_app ON message (app_id);
