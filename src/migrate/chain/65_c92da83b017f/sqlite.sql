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

CREATE TABLE _alembic_tmp_channel_member (
    id                TEXT NOT NULL,
    channel_id        TEXT NOT NULL,
    user_id           TEXT,
    created_at        BIGINT,
    status            TEXT,
    is_active         BOOLEAN NOT NULL DEFAULT 1,
    is_channel_muted  BOOLEAN NOT NULL DEFAULT 0,
    is_channel_pinned BOOLEAN NOT NULL DEFAULT 0,
    data              JSON,
    meta              JSON,
    joined_at         BIGINT NOT NULL,
    left_at           BIGINT,
    last_read_at      BIGINT,
    updated_at        BIGINT,
    role              TEXT,
    invited_by        TEXT,
    invited_at        BIGINT,
    app_id            TEXT,
    PRIMARY KEY (id),
    CONSTRAINT ck_channel_member_identity CHECK ((user_id IS NULL) <> (app_id IS NULL)),
    CONSTRAINT uq_channel_member_app UNIQUE (channel_id, app_id),
    UNIQUE (id)
);

INSERT INTO _alembic_tmp_channel_member (
    id, channel_id, user_id, created_at, status, is_active, is_channel_muted, is_channel_pinned,
    data, meta, joined_at, left_at, last_read_at, updated_at, role, invited_by, invited_at
)
SELECT
    id, channel_id, user_id, created_at, status, is_active, is_channel_muted, is_channel_pinned,
    data, meta, joined_at, left_at, last_read_at, updated_at, role, invited_by, invited_at
FROM channel_member;

DROP TABLE channel_member;
ALTER TABLE _alembic_tmp_channel_member RENAME TO channel_member;

CREATE INDEX ix_channel_member_app_active ON channel_member (app_id, is_active);

ALTER TABLE message ADD COLUMN app_id TEXT;

CREATE INDEX ix_message_app ON message (app_id);
