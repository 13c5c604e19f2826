-- An automation may put its chats in a folder.

ALTER TABLE automation ADD COLUMN folder_id TEXT;

CREATE INDEX ix_automation_user_folder ON automation (user_id, folder_id);
