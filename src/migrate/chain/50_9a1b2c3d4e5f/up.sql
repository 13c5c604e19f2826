-- The message at which a chat was left.

ALTER TABLE chat ADD COLUMN current_message_id TEXT;

-- code.c: current_message_id is found in the chat's JSON and its messages.
