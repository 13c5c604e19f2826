-- The ids under which a directory service provisioned a user.

ALTER TABLE "user" ADD COLUMN scim JSON;
