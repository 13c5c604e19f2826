-- A message may answer another one.

ALTER TABLE message ADD COLUMN reply_to_id TEXT;
