-- The files of a knowledge base become rows instead of a list in its data.

CREATE TABLE knowledge_file (
    id           TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    knowledge_id TEXT NOT NULL,
    file_id      TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT uq_knowledge_file_knowledge_file UNIQUE (knowledge_id, file_id),
    FOREIGN KEY (knowledge_id) REFERENCES knowledge (id) ON DELETE CASCADE,
    FOREIGN KEY (file_id) REFERENCES file (id) ON DELETE CASCADE
);

CREATE INDEX ix_knowledge_file_knowledge_id ON knowledge_file (knowledge_id);
CREATE INDEX ix_knowledge_file_user_id ON knowledge_file (user_id);
CREATE INDEX ix_knowledge_file_file_id ON knowledge_file (file_id);

-- code step: every id in knowledge.data.file_ids that is a file becomes a row of knowledge_file.

ALTER TABLE knowledge DROP COLUMN data;
