-- Every user gets a badge, and knows which one it is.

CREATE TABLE badge (
    id      TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name    TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_badge_user_id ON badge (user_id);

ALTER TABLE "user" ADD COLUMN badge_id TEXT;

-- code.c: a row of badge for every user, and its id in user.badge_id.
