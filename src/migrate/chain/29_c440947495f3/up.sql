-- Files that were used in a chat.

CREATE TABLE chat_file (
    id         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    chat_id    TEXT NOT NULL,
    file_id    TEXT NOT NULL,
    message_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT uq_chat_file_chat_file UNIQUE (chat_id, file_id),
    FOREIGN KEY (chat_id) REFERENCES chat (id) ON DELETE CASCADE,
    FOREIGN KEY (file_id) REFERENCES file (id) ON DELETE CASCADE
);

CREATE INDEX ix_chat_file_chat_id ON chat_file (chat_id);
CREATE INDEX ix_chat_file_file_id ON chat_file (file_id);
CREATE INDEX ix_chat_file_message_id ON chat_file (message_id);
CREATE INDEX ix_chat_file_user_id ON chat_file (user_id);
