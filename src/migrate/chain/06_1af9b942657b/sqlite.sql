-- Tags get meta in place of data, and are unique per id and user; a chat knows its tags and
-- whether it is pinned by itself.

CREATE TABLE _alembic_tmp_tag (
    id      VARCHAR NOT NULL,
    name    VARCHAR,
    user_id VARCHAR,
    meta    JSON,
    PRIMARY KEY (id),
    CONSTRAINT uq_id_user_id UNIQUE (id, user_id)
);

INSERT INTO _alembic_tmp_tag (id, name, user_id)
SELECT id, name, user_id
FROM tag;

DROP TABLE tag;
ALTER TABLE _alembic_tmp_tag RENAME TO tag;

ALTER TABLE chat ADD COLUMN pinned BOOLEAN;
ALTER TABLE chat ADD COLUMN meta JSON NOT NULL DEFAULT '{}';

-- code.c: the rows of chatidtag become chat.meta and chat.pinned.
