-- Presence and status of users; info and settings as JSON; API keys and the identities at
-- providers leave their columns for a table and a JSON column. This is for a table without rows: code.c
-- does it otherwise for one with them.

CREATE TABLE api_key (
    id           TEXT NOT NULL,
    user_id      TEXT,
    "key"        TEXT NOT NULL,
    data         JSON,
    expires_at   BIGINT,
    last_used_at BIGINT,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (id),
    FOREIGN KEY (user_id) REFERENCES "user" (id) ON DELETE CASCADE,
    UNIQUE ("key")
);

CREATE TABLE _alembic_tmp_user (
    id                       VARCHAR NOT NULL,
    name                     VARCHAR,
    email                    VARCHAR,
    role                     VARCHAR,
    profile_image_url        TEXT,
    last_active_at           BIGINT,
    updated_at               BIGINT,
    created_at               BIGINT,
    username                 VARCHAR(50),
    bio                      TEXT,
    gender                   TEXT,
    date_of_birth            DATE,
    profile_banner_image_url TEXT,
    timezone                 VARCHAR,
    presence_state           VARCHAR,
    status_emoji             VARCHAR,
    status_message           TEXT,
    status_expires_at        BIGINT,
    oauth                    JSON,
    info                     JSON,
    settings                 JSON,
    PRIMARY KEY (id)
);

INSERT INTO _alembic_tmp_user (
    id, name, email, role, profile_image_url, last_active_at, updated_at, created_at, username,
    bio, gender, date_of_birth, info, settings
)
SELECT
    id, name, email, role, profile_image_url, last_active_at, updated_at, created_at, username,
    bio, gender, date_of_birth, info, settings
FROM "user";

DROP TABLE "user";
ALTER TABLE _alembic_tmp_user RENAME TO "user";
