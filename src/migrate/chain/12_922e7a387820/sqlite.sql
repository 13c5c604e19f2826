-- Groups of users, and an access list on models, knowledge bases, prompts and tools.

CREATE TABLE "group" (
    id          TEXT NOT NULL,
    user_id     TEXT,
    name        TEXT,
    description TEXT,
    data        JSON,
    meta        JSON,
    permissions JSON,
    user_ids    JSON,
    created_at  BIGINT,
    updated_at  BIGINT,
    PRIMARY KEY (id),
    UNIQUE (id)
);

ALTER TABLE model ADD COLUMN access_control JSON;
ALTER TABLE model ADD COLUMN is_active BOOLEAN NOT NULL DEFAULT 1;
ALTER TABLE knowledge ADD COLUMN access_control JSON;
ALTER TABLE prompt ADD COLUMN access_control JSON;
ALTER TABLE tool ADD COLUMN access_control JSON;
