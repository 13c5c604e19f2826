-- What a member sees and mutes in a channel, when they joined, and which messages are pinned. Who was
-- a member before joined when that was written down. Upstream fails on a channel_member that has rows.

ALTER TABLE channel_member ADD COLUMN status TEXT;
ALTER TABLE channel_member ADD COLUMN is_active BOOLEAN NOT NULL DEFAULT 1;
ALTER TABLE channel_member ADD COLUMN is_channel_muted BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE channel_member ADD COLUMN is_channel_pinned BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE channel_member ADD COLUMN data JSON;
ALTER TABLE channel_member ADD COLUMN meta JSON;
ALTER TABLE channel_member ADD COLUMN joined_at BIGINT;
ALTER TABLE channel_member ADD COLUMN left_at BIGINT;
ALTER TABLE channel_member ADD COLUMN last_read_at BIGINT;
ALTER TABLE channel_member ADD COLUMN updated_at BIGINT;
UPDATE channel_member
SET joined_at = coalesce(created_at, CAST(strftime('%s', 'now') AS INTEGER) * 1000000000);
ALTER TABLE channel_member ALTER COLUMN joined_at SET NOT NULL;
ALTER TABLE message ADD COLUMN is_pinned BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN pinned_at BIGINT;
ALTER TABLE message ADD COLUMN pinned_by TEXT;
