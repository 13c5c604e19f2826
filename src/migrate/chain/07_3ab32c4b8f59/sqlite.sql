-- Two users may have a tag of the same name: the user becomes part of the key.

CREATE TABLE _alembic_tmp_tag (
    id      VARCHAR NOT NULL,
    name    VARCHAR,
    user_id VARCHAR,
    meta    JSON,
    CONSTRAINT pk_id_user_id PRIMARY KEY (id, user_id)
);

INSERT INTO _alembic_tmp_tag (id, name, user_id, meta)
SELECT id, name, user_id, meta
FROM tag;

DROP TABLE tag;
ALTER TABLE _alembic_tmp_tag RENAME TO tag;
