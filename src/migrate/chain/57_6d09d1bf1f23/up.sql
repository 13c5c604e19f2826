-- Identities that an earlier release encoded twice are decoded. No change to any table.

-- code.c: a user.oauth that is a string holding an object becomes that object.
