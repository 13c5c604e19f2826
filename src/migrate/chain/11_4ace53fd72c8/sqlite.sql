-- The times of a folder become whole seconds since 1970, without a default.

-- They are text here. Upstream casts that text to a number, which leaves the year; this is what it
-- meant.
UPDATE folder
SET created_at = CAST(strftime('%s', created_at) AS INTEGER),
    updated_at = CAST(strftime('%s', updated_at) AS INTEGER);

ALTER TABLE folder ALTER COLUMN created_at DROP DEFAULT;
ALTER TABLE folder ALTER COLUMN updated_at DROP DEFAULT;
ALTER TABLE folder ALTER COLUMN created_at TYPE BIGINT;
ALTER TABLE folder ALTER COLUMN updated_at TYPE BIGINT;
