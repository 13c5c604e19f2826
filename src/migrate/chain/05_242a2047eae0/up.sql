-- The conversation is kept as JSON instead of text. The new column goes to the end of the table.
-- This is for a table without rows: code.c does it otherwise for one with them.

ALTER TABLE chat RENAME COLUMN chat TO old_chat;
ALTER TABLE chat ADD COLUMN chat JSON;
ALTER TABLE chat DROP COLUMN old_chat;
