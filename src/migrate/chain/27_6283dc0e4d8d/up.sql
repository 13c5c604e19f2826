-- Files that were posted in a channel.

CREATE TABLE channel_file (
    id         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    file_id    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT uq_channel_file_channel_file UNIQUE (channel_id, file_id),
    FOREIGN KEY (channel_id) REFERENCES channel (id) ON DELETE CASCADE,
    FOREIGN KEY (file_id) REFERENCES file (id) ON DELETE CASCADE
);

CREATE INDEX ix_channel_file_channel_id ON channel_file (channel_id);
CREATE INDEX ix_channel_file_user_id ON channel_file (user_id);
CREATE INDEX ix_channel_file_file_id ON channel_file (file_id);
