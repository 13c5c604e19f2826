-- Files get a content digest, extracted data and the time of their last change.

ALTER TABLE file ADD COLUMN hash TEXT;
ALTER TABLE file ADD COLUMN data JSON;
ALTER TABLE file ADD COLUMN updated_at BIGINT;
