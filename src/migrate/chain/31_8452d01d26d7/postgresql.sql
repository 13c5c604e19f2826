-- Every message of a chat becomes a row of its own, beside the chat's JSON. The table has another
-- name until all of them are there: Open WebUI takes a chat_message that it finds for a complete one. What PostgreSQL
-- 18 names after the table has its last name from the beginning.

CREATE TABLE owctl_chat_message (
    id             TEXT CONSTRAINT chat_message_id_not_null NOT NULL,
    chat_id        TEXT CONSTRAINT chat_message_chat_id_not_null NOT NULL,
    user_id        TEXT,
    role           TEXT CONSTRAINT chat_message_role_not_null NOT NULL,
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
    updated_at     BIGINT
);

-- code.c: the messages in chat.chat become rows.
