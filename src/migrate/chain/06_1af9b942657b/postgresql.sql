-- Tags get meta in place of data, and are unique per id and user; a chat knows its tags and
-- whether it is pinned by itself.

ALTER TABLE tag ADD CONSTRAINT uq_id_user_id UNIQUE (id, user_id);
ALTER TABLE tag DROP COLUMN data;
ALTER TABLE tag ADD COLUMN meta JSON;
ALTER TABLE chat ADD COLUMN pinned BOOLEAN;
ALTER TABLE chat ADD COLUMN meta JSON NOT NULL DEFAULT '{}';

-- code.c: the rows of chatidtag become chat.meta and chat.pinned.
