-- All pins are rows.

ALTER TABLE note DROP COLUMN is_pinned;
