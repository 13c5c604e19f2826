-- A role for `owctl health` that can read what the checks and figures read, and nothing else. Run this in Open WebUI's
-- database as its owner, who may make roles, or as a superuser:
--
--     psql -v ON_ERROR_STOP=1 -d openwebui -f health-role.sql
--     psql -d openwebui -c '\password owctl_health'
--
-- It may be run again, and has to be once owctl has migrated the database for the first time (owctl_migration). With
-- DATABASE_SCHEMA, run `SET search_path TO that_schema` first.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'owctl_health') THEN
        CREATE ROLE owctl_health LOGIN;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO owctl_health', current_database());
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO owctl_health', current_schema());
    -- What other sessions and standbys do: how long, and not with which values.
    GRANT pg_read_all_stats TO owctl_health;
    -- The revision; the oldest account, whose id tells whether a replica is on this database; how many administrators
    -- there are; where uploaded files are, and how large. Not `config`: keys of other services are there in the clear.
    GRANT SELECT ON alembic_version TO owctl_health;
    GRANT SELECT (id, role, created_at, last_active_at) ON "user" TO owctl_health;
    GRANT SELECT (id, path, created_at, meta) ON file TO owctl_health;
    -- How many chats and messages there are, and since when; not what is in them.
    GRANT SELECT (created_at) ON chat TO owctl_health;
    IF to_regclass('chat_message') IS NOT NULL THEN
        GRANT SELECT (created_at) ON chat_message TO owctl_health;
    END IF;
    -- How far a migration of owctl is.
    IF to_regclass('owctl_migration') IS NOT NULL THEN
        GRANT SELECT ON owctl_migration TO owctl_health;
    END IF;
END
$$;
