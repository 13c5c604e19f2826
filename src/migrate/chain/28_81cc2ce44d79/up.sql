-- A channel's file knows its message. A data column returns to knowledge bases, empty.

ALTER TABLE channel_file ADD COLUMN message_id TEXT;

ALTER TABLE channel_file
    ADD CONSTRAINT fk_channel_file_message_id FOREIGN KEY (message_id)
    REFERENCES message (id) ON DELETE CASCADE;

ALTER TABLE knowledge ADD COLUMN data JSON;
