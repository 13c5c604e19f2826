-- When a chat was last read; what exists counts as read.

ALTER TABLE chat ADD COLUMN last_read_at BIGINT;

UPDATE chat SET last_read_at = updated_at;
