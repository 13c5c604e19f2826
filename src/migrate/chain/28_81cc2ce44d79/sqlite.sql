-- A channel's file knows its message. A data column returns to knowledge bases, empty.

CREATE TABLE _alembic_tmp_channel_file (
    id         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    file_id    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    message_id TEXT,
    PRIMARY KEY (id),
    CONSTRAINT uq_channel_file_channel_file UNIQUE (channel_id, file_id),
    CONSTRAINT fk_channel_file_message_id
        FOREIGN KEY (message_id) REFERENCES message (id) ON DELETE CASCADE,
    FOREIGN KEY (file_id) REFERENCES file (id) ON DELETE CASCADE,
    FOREIGN KEY (channel_id) REFERENCES channel (id) ON DELETE CASCADE
);

INSERT INTO _alembic_tmp_channel_file (id, user_id, channel_id, file_id, created_at, updated_at)
SELECT id, user_id, channel_id, file_id, created_at, updated_at
FROM channel_file;

DROP TABLE channel_file;
ALTER TABLE _alembic_tmp_channel_file RENAME TO channel_file;

CREATE INDEX ix_channel_file_channel_id ON channel_file (channel_id);
CREATE INDEX ix_channel_file_user_id ON channel_file (user_id);
CREATE INDEX ix_channel_file_file_id ON channel_file (file_id);

ALTER TABLE knowledge ADD COLUMN data JSON;
