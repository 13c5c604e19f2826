-- The times of a folder become whole seconds since 1970, without a default.

ALTER TABLE folder ALTER COLUMN created_at DROP DEFAULT;
ALTER TABLE folder ALTER COLUMN updated_at DROP DEFAULT;
ALTER TABLE folder ALTER COLUMN created_at TYPE BIGINT USING extract(epoch from created_at)::bigint;
ALTER TABLE folder ALTER COLUMN updated_at TYPE BIGINT USING extract(epoch from updated_at)::bigint;
