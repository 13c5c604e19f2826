-- Values that a user gives to a prompt's variables.

ALTER TABLE "user" ADD COLUMN variables JSON;
