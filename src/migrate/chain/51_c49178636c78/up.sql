-- Values that a chat gives to a prompt's variables.

ALTER TABLE chat ADD COLUMN variables JSON;
