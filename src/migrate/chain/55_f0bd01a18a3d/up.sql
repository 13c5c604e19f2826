-- Two users can't have addresses that differ in letter case only; fails where two have.

CREATE UNIQUE INDEX uq_user_email_lower ON "user" (lower(email)) WHERE email IS NOT NULL;
