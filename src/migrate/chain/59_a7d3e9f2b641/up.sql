-- The second factor, and the stamp that ends older sessions when it changes.

ALTER TABLE auth ADD COLUMN mfa JSON;
ALTER TABLE auth ADD COLUMN session_stamp TEXT;
