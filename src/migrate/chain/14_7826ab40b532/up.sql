-- Files get an access list.

ALTER TABLE file ADD COLUMN access_control JSON;
