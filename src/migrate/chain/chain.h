/* The chain: for each revision of Open WebUI's database what leads to it from the one before: SQL, and where SQL is
 * not enough, code for the rows that are there. Running all of its SQL on an empty database makes the catalogue that
 * the migrations of Open WebUI itself make there, equal after every single revision, on SQLite and on PostgreSQL
 * (tests/real/test_chain.py). The SQL - is one or more statements for alter_script (migrate/alter.h), without BEGIN and
 * COMMIT: the caller has a transaction open, and on SQLite `PRAGMA foreign_keys` off, since a dropped table would take
 * along the rows that refer to it; - names no schema: search_path decides on PostgreSQL; - may hold
 * nothing but comments where an engine has nothing to do; PQexec answers that with PGRES_EMPTY_QUERY; - does not
 * touch alembic_version: the caller makes that table with chain_version_table and writes the id. The code of a
 * revision runs after its SQL. The folder of a revision is NN_id; which files it has, openwebui/revisions.def says.
 * Constant data; nothing here allocates or fails. */
#ifndef MIGRATE_CHAIN_CHAIN_H
#define MIGRATE_CHAIN_CHAIN_H

#include <stdbool.h>

#include "db/db.h"
#include "openwebui/revision.h"

struct chain_code; /* migrate/chain/code.h */

struct chain_step {
	const char *sqlite_sql;
	const char *postgresql_sql; /* the same pointer as sqlite_sql where both engines take the same text */
	const struct chain_code *code; /* or NULL */
};

/* CREATE TABLE alembic_version, as Alembic makes it; fails where it exists. Both engines. */
extern const char chain_version_table[];

/* What leads to `revision`; never NULL. */
const struct chain_step *chain_step(const struct revision *revision);

/* Its SQL for this engine, and what its code has of it for when the rows are where they belong; NULL: nothing. */
const char *chain_sql(const struct db *db, const struct revision *revision);
const char *chain_sql_after(const struct db *db, const struct revision *revision);

#endif
