-- Memories have a type.

ALTER TABLE memory ADD COLUMN "type" VARCHAR NOT NULL DEFAULT 'context';

CREATE INDEX ix_memory_type ON memory ("type");
