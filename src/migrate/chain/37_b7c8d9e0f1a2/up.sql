-- When a chat was last read.

ALTER TABLE chat ADD COLUMN last_read_at BIGINT;

-- code.c: what exists counts as read.
