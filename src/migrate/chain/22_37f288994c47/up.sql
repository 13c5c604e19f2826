-- Membership of a group becomes a row instead of an entry in a list. The table is made at the end:
-- Open WebUI takes a group_member that it finds for a complete one.

CREATE TABLE owctl_group_member (
    id         TEXT NOT NULL,
    group_id   TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- code.c: every id in group.user_ids becomes a row.
