-- Users without credentials get a row with an empty hash, which no password matches.

INSERT INTO auth (id, email, password, active)
SELECT id, email, '', TRUE
FROM "user"
WHERE NOT EXISTS (SELECT 1 FROM auth WHERE auth.id = "user".id);
