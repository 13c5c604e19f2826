-- Two users may have a tag of the same name: the user becomes part of the key.

ALTER TABLE tag DROP CONSTRAINT IF EXISTS tag_pkey;
ALTER TABLE tag ADD CONSTRAINT pk_id_user_id PRIMARY KEY (id, user_id);
ALTER TABLE tag DROP CONSTRAINT IF EXISTS uq_id_user_id;
DROP INDEX IF EXISTS tag_id; -- of tables that are older than the chain
