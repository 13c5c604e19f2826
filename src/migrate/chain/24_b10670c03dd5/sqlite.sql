-- Presence and status of users; info and settings as JSON; API keys and the identities at
-- providers leave their columns for a table and a JSON column.

ALTER TABLE "user" ADD COLUMN profile_banner_image_url TEXT;
ALTER TABLE "user" ADD COLUMN timezone VARCHAR;
ALTER TABLE "user" ADD COLUMN presence_state VARCHAR;
ALTER TABLE "user" ADD COLUMN status_emoji VARCHAR;
ALTER TABLE "user" ADD COLUMN status_message TEXT;
ALTER TABLE "user" ADD COLUMN status_expires_at BIGINT;
ALTER TABLE "user" ADD COLUMN oauth JSON;
ALTER TABLE "user" ADD COLUMN info_json JSON;
ALTER TABLE "user" ADD COLUMN settings_json JSON;

CREATE TABLE api_key (
    id           TEXT NOT NULL,
    user_id      TEXT,
    "key"        TEXT NOT NULL,
    data         JSON,
    expires_at   BIGINT,
    last_used_at BIGINT,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (id),
    FOREIGN KEY (user_id) REFERENCES "user" (id) ON DELETE CASCADE,
    UNIQUE ("key")
);

-- "provider@subject"; without a provider it is the one that there was first.
UPDATE "user"
SET info_json = coalesce(info, 'null'),
    settings_json = coalesce(settings, 'null'),
    oauth = CASE
        WHEN coalesce(oauth_sub, '') = '' THEN NULL
        WHEN instr(oauth_sub, '@') = 0
            THEN json_object('oidc', json_object('sub', oauth_sub))
        ELSE json_object(
            substr(oauth_sub, 1, instr(oauth_sub, '@') - 1),
            json_object('sub', substr(oauth_sub, instr(oauth_sub, '@') + 1))
        )
    END;

INSERT INTO api_key (id, user_id, "key", created_at, updated_at)
SELECT 'key_' || id, id, api_key, CAST(strftime('%s', 'now') AS INTEGER), CAST(strftime('%s', 'now') AS INTEGER)
FROM "user"
WHERE api_key <> '';

ALTER TABLE "user" DROP COLUMN info;
ALTER TABLE "user" DROP COLUMN settings;
ALTER TABLE "user" RENAME COLUMN info_json TO info;
ALTER TABLE "user" RENAME COLUMN settings_json TO settings;

DROP INDEX IF EXISTS user_api_key;
DROP INDEX IF EXISTS user_oauth_sub;
ALTER TABLE "user" DROP COLUMN api_key;
ALTER TABLE "user" DROP COLUMN oauth_sub;
