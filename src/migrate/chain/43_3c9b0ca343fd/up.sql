-- Folders within a knowledge base.

CREATE TABLE knowledge_directory (
    id           TEXT NOT NULL,
    knowledge_id TEXT NOT NULL,
    parent_id    TEXT,
    name         TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (knowledge_id) REFERENCES knowledge (id) ON DELETE CASCADE,
    FOREIGN KEY (parent_id) REFERENCES knowledge_directory (id) ON DELETE CASCADE,
    CONSTRAINT uq_knowledge_directory_knowledge_parent_name
        UNIQUE (knowledge_id, parent_id, name)
);

CREATE INDEX ix_knowledge_directory_knowledge_id ON knowledge_directory (knowledge_id);
CREATE INDEX ix_knowledge_directory_parent_id ON knowledge_directory (parent_id);

ALTER TABLE knowledge_file ADD COLUMN directory_id TEXT;

ALTER TABLE knowledge_file
    ADD CONSTRAINT fk_knowledge_file_directory_id FOREIGN KEY (directory_id)
    REFERENCES knowledge_directory (id) ON DELETE SET NULL;

CREATE INDEX ix_knowledge_file_directory_id ON knowledge_file (directory_id);
