-- Presence and status of users; info and settings as JSON; API keys and the identities at
-- providers leave their columns for a table and a JSON column.

ALTER TABLE "user" ADD COLUMN profile_banner_image_url TEXT;
ALTER TABLE "user" ADD COLUMN timezone VARCHAR;
ALTER TABLE "user" ADD COLUMN presence_state VARCHAR;
ALTER TABLE "user" ADD COLUMN status_emoji VARCHAR;
ALTER TABLE "user" ADD COLUMN status_message TEXT;
ALTER TABLE "user" ADD COLUMN status_expires_at BIGINT;
ALTER TABLE "user" ADD COLUMN oauth JSON;
ALTER TABLE "user" ALTER COLUMN info TYPE JSON USING info::json;
ALTER TABLE "user" ALTER COLUMN settings TYPE JSON USING settings::json;

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
SET oauth = CASE
    WHEN strpos(oauth_sub, '@') = 0
        THEN json_build_object('oidc', json_build_object('sub', oauth_sub))
    ELSE json_build_object(
        split_part(oauth_sub, '@', 1),
        json_build_object('sub', substr(oauth_sub, strpos(oauth_sub, '@') + 1))
    )
END
WHERE oauth_sub <> '';

INSERT INTO api_key (id, user_id, "key", created_at, updated_at)
SELECT 'key_' || id, id, api_key, extract(epoch FROM now())::bigint, extract(epoch FROM now())::bigint
FROM "user"
WHERE api_key <> '';

ALTER TABLE "user" DROP COLUMN api_key;
ALTER TABLE "user" DROP COLUMN oauth_sub;
