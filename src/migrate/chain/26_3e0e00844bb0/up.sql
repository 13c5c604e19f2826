-- The files of a knowledge base become rows instead of a list in its data. The table is made at the
-- end: Open WebUI takes a knowledge_file that it finds for a complete one.

CREATE TABLE owctl_knowledge_file (
    id           TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    knowledge_id TEXT NOT NULL,
    file_id      TEXT NOT NULL,
    created_at   BIGINT NOT NULL
);

-- code.c: every id in knowledge.data.file_ids becomes a row.
