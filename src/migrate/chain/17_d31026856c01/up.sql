-- Folders get room for their own settings and files.

ALTER TABLE folder ADD COLUMN data JSON;
