-- A summary that stands for the messages before this one.

ALTER TABLE chat_message ADD COLUMN context_summary TEXT;
