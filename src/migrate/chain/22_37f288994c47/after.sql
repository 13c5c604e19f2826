-- All members are there. Those who are no users are members of nothing.

CREATE TABLE IF NOT EXISTS group_member (
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

INSERT INTO group_member (id, group_id, user_id, created_at, updated_at)
SELECT m.id, m.group_id, m.user_id, m.created_at, m.created_at
FROM owctl_group_member m
WHERE EXISTS (SELECT 1 FROM "user" u WHERE u.id = m.user_id)
    AND NOT EXISTS (
        SELECT 1 FROM group_member g WHERE g.group_id = m.group_id AND g.user_id = m.user_id
    );

DROP TABLE owctl_group_member;
ALTER TABLE "group" DROP COLUMN user_ids;
