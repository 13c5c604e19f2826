-- A group may have a parent.

CREATE TABLE _alembic_tmp_group (
    id              TEXT NOT NULL,
    user_id         TEXT,
    name            TEXT,
    description     TEXT,
    data            JSON,
    meta            JSON,
    permissions     JSON,
    created_at      BIGINT,
    updated_at      BIGINT,
    parent_group_id TEXT,
    PRIMARY KEY (id),
    CONSTRAINT fk_group_parent
        FOREIGN KEY (parent_group_id) REFERENCES "group" (id) ON DELETE SET NULL,
    UNIQUE (id)
);

INSERT INTO _alembic_tmp_group (
    id, user_id, name, description, data, meta, permissions, created_at, updated_at
)
SELECT
    id, user_id, name, description, data, meta, permissions, created_at, updated_at
FROM "group";

DROP TABLE "group";
ALTER TABLE _alembic_tmp_group RENAME TO "group";

CREATE INDEX ix_group_parent_group_id ON "group" (parent_group_id);
