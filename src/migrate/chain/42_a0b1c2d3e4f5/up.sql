-- An index for the memories of a user.

CREATE INDEX ix_memory_user_id ON memory (user_id);
