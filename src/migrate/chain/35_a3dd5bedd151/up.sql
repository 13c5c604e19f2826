-- Tasks and a summary of a chat.

ALTER TABLE chat ADD COLUMN tasks JSON;
ALTER TABLE chat ADD COLUMN summary TEXT;
