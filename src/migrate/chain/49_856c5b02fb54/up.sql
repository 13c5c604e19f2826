-- Meta data of a message.

ALTER TABLE chat_message ADD COLUMN meta JSON;
