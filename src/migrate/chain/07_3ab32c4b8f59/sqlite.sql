-- Two users may have a tag of the same name: the user becomes part of the key.

DROP INDEX IF EXISTS tag_id; -- of tables that are older than the chain
ALTER TABLE tag ADD CONSTRAINT pk_id_user_id PRIMARY KEY (id, user_id);
ALTER TABLE tag DROP CONSTRAINT uq_id_user_id;
