-- The conversation is kept as JSON instead of text. The new column goes to the end of the table.

ALTER TABLE chat RENAME COLUMN chat TO old_chat;
ALTER TABLE chat ADD COLUMN chat JSON;

-- code step: the text of old_chat is parsed and stored in chat; text that is not JSON becomes
-- JSON null.

ALTER TABLE chat DROP COLUMN old_chat;
