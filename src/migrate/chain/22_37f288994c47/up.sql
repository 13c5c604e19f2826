-- Membership of a group becomes a row instead of an entry in a list.

CREATE TABLE group_member (
    id         TEXT NOT NULL,
    group_id   TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    created_at BIGINT,
    updated_at BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT uq_group_member_group_user UNIQUE (group_id, user_id),
    UNIQUE (id),
    FOREIGN KEY (group_id) REFERENCES "group" (id) ON DELETE CASCADE,
    FOREIGN KEY (user_id) REFERENCES "user" (id) ON DELETE CASCADE
);

-- code step: every id in group.user_ids becomes a row of group_member.

ALTER TABLE "group" DROP COLUMN user_ids;
