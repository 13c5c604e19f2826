-- Every message of a chat becomes a row of its own, beside the chat's JSON. The table has another
-- name until all of them are there: Open WebUI takes a chat_message that it finds for a complete one.

CREATE TABLE owctl_chat_message (
    id             TEXT NOT NULL,
    chat_id        TEXT NOT NULL,
    user_id        TEXT,
    role           TEXT NOT NULL,
    parent_id      TEXT,
    content        JSON,
    output         JSON,
    model_id       TEXT,
    files          JSON,
    sources        JSON,
    embeds         JSON,
    done           BOOLEAN,
    status_history JSON,
    error          JSON,
    "usage"        JSON,
    created_at     BIGINT,
    updated_at     BIGINT,
    PRIMARY KEY (id),
    FOREIGN KEY (chat_id) REFERENCES chat (id) ON DELETE CASCADE
);

-- Messages come in the order of their chats: these indexes grow at their end, and need no pass of their own.
CREATE INDEX ix_chat_message_chat_id ON owctl_chat_message (chat_id);
CREATE INDEX chat_message_chat_parent_idx ON owctl_chat_message (chat_id, parent_id);

-- code.c: the messages in chat.chat become rows.
