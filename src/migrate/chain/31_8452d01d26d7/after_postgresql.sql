-- All messages are there. What reads all of them comes before the table has its name, and the key that locks the chats
-- last.

ALTER TABLE owctl_chat_message ADD CONSTRAINT chat_message_pkey PRIMARY KEY (id);

CREATE INDEX ix_chat_message_user_id ON owctl_chat_message (user_id);
CREATE INDEX ix_chat_message_chat_id ON owctl_chat_message (chat_id);
CREATE INDEX ix_chat_message_model_id ON owctl_chat_message (model_id);
CREATE INDEX ix_chat_message_created_at ON owctl_chat_message (created_at);
CREATE INDEX chat_message_chat_parent_idx ON owctl_chat_message (chat_id, parent_id);
CREATE INDEX chat_message_model_created_idx ON owctl_chat_message (model_id, created_at);
CREATE INDEX chat_message_user_created_idx ON owctl_chat_message (user_id, created_at);

ALTER TABLE owctl_chat_message RENAME TO chat_message;
ALTER TABLE chat_message ADD FOREIGN KEY (chat_id) REFERENCES chat (id) ON DELETE CASCADE;
