-- Skills: instructions that a model can load.

CREATE TABLE skill (
    id          VARCHAR NOT NULL,
    user_id     VARCHAR NOT NULL,
    name        TEXT NOT NULL,
    description TEXT,
    content     TEXT NOT NULL,
    meta        JSON,
    is_active   BOOLEAN NOT NULL,
    updated_at  BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE INDEX idx_skill_user_id ON skill (user_id);
CREATE INDEX idx_skill_updated_at ON skill (updated_at);
