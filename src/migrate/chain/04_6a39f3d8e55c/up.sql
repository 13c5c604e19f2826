-- Knowledge bases take the place of the old documents.

CREATE TABLE knowledge (
    id          TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT,
    data        JSON,
    meta        JSON,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT,
    PRIMARY KEY (id)
);

-- code.c: every document becomes a knowledge base.
