-- An index on files that still wait to be taken into a knowledge base, on PostgreSQL only.

CREATE INDEX file_pending_knowledge_idx ON file (((meta -> 'data') ->> 'knowledge_id'))
    WHERE (data ->> 'status') IN ('pending', 'processing');
