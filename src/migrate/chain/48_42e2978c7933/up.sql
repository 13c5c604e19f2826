-- Memories have a path and meta data.

ALTER TABLE memory ADD COLUMN path TEXT;
ALTER TABLE memory ADD COLUMN meta JSON;
