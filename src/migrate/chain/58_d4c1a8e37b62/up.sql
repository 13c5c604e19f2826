-- When a chat's timer is due, and indexes for the chat list, unread chats and timers.

ALTER TABLE chat ADD COLUMN timer_at BIGINT;

CREATE INDEX timer_at_idx ON chat (timer_at) WHERE timer_at IS NOT NULL;
CREATE INDEX user_id_updated_at_id_idx ON chat (user_id, updated_at DESC, id);
CREATE INDEX user_id_timer_at_idx ON chat (user_id, timer_at) WHERE timer_at IS NOT NULL;
CREATE INDEX user_id_folder_unread_idx ON chat (
    user_id, folder_id, archived, updated_at, last_read_at, id
);
CREATE INDEX chat_message_chat_role_done_idx ON chat_message (chat_id, role, done);

-- code.c: timer_at is taken from the meta of chats with a pending timer.
