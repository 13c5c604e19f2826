-- Shared chats leave the chat table, where they stood under the user 'shared-..'.

CREATE TABLE shared_chat (
    id         TEXT NOT NULL,
    chat_id    TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    title      TEXT,
    chat       JSON,
    created_at BIGINT,
    updated_at BIGINT,
    PRIMARY KEY (id),
    FOREIGN KEY (chat_id) REFERENCES chat (id) ON DELETE CASCADE
);

-- code.c: chats of users 'shared-..' become shared_chat and access_grant rows and are then
-- deleted.
