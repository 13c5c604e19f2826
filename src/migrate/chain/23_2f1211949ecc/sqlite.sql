-- What a member sees and mutes in a channel, when they joined, and which messages are pinned.
-- joined_at has no default: code.c does it otherwise for members that are there.

ALTER TABLE channel_member ADD COLUMN status TEXT;
ALTER TABLE channel_member ADD COLUMN is_active BOOLEAN NOT NULL DEFAULT 1;
ALTER TABLE channel_member ADD COLUMN is_channel_muted BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE channel_member ADD COLUMN is_channel_pinned BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE channel_member ADD COLUMN data JSON;
ALTER TABLE channel_member ADD COLUMN meta JSON;
ALTER TABLE channel_member ADD COLUMN joined_at BIGINT NOT NULL;
ALTER TABLE channel_member ADD COLUMN left_at BIGINT;
ALTER TABLE channel_member ADD COLUMN last_read_at BIGINT;
ALTER TABLE channel_member ADD COLUMN updated_at BIGINT;
ALTER TABLE message ADD COLUMN is_pinned BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN pinned_at BIGINT;
ALTER TABLE message ADD COLUMN pinned_by TEXT;
