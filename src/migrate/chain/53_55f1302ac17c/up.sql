-- An index that answers whose memory it is without reading the row.

CREATE INDEX ix_memory_id_user_id ON memory (id, user_id);
