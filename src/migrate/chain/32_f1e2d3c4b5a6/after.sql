-- All access lists are rows.

ALTER TABLE knowledge DROP COLUMN access_control;
ALTER TABLE prompt DROP COLUMN access_control;
ALTER TABLE tool DROP COLUMN access_control;
ALTER TABLE model DROP COLUMN access_control;
ALTER TABLE note DROP COLUMN access_control;
ALTER TABLE channel DROP COLUMN access_control;
ALTER TABLE file DROP COLUMN access_control;
