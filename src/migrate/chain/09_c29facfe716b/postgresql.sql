-- A file knows where its content lies, and its meta is JSON instead of text.

ALTER TABLE file ADD COLUMN path TEXT;
ALTER TABLE file ALTER COLUMN meta TYPE JSON USING meta::json;
ALTER TABLE file ALTER COLUMN meta DROP NOT NULL;

-- code.c: path is taken out of meta where it is not set.
