-- All are there. Files that were deleted belong to nothing any more.

CREATE TABLE IF NOT EXISTS knowledge_file (
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

INSERT INTO knowledge_file (id, user_id, knowledge_id, file_id, created_at, updated_at)
SELECT k.id, k.user_id, k.knowledge_id, k.file_id, k.created_at, k.created_at
FROM owctl_knowledge_file k
WHERE EXISTS (SELECT 1 FROM file f WHERE f.id = k.file_id)
    AND NOT EXISTS (
        SELECT 1 FROM knowledge_file o
        WHERE o.knowledge_id = k.knowledge_id AND o.file_id = k.file_id
    );

CREATE INDEX IF NOT EXISTS ix_knowledge_file_knowledge_id ON knowledge_file (knowledge_id);
CREATE INDEX IF NOT EXISTS ix_knowledge_file_user_id ON knowledge_file (user_id);
CREATE INDEX IF NOT EXISTS ix_knowledge_file_file_id ON knowledge_file (file_id);

DROP TABLE owctl_knowledge_file;
ALTER TABLE knowledge DROP COLUMN data;
