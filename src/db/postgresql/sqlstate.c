#include <string.h>

#include "base/attributes.h"
#include "db/postgresql/postgresql.h"

static const char again[] = "try again, or wait longer for it (--timeout)";

/* A full code stands before its class. https://www.postgresql.org/docs/current/errcodes-appendix.html */
static const struct pg_meaning meanings[] = {
	{"08P01", ERR_SETTINGS,
	 "a pooler may refuse a start-up parameter: leave it out, or see the pooler's ignore_startup_parameters"},
	{"08", ERR_UNREACHABLE, NULL},
	{"0A000", ERR_FAILED, NULL},
	{"22", ERR_INPUT, NULL},
	{"23", ERR_INPUT, NULL},
	{"25006", ERR_PERMISSION, "this may be a standby, or the role is set to read only: name the primary"},
	{"25P03", ERR_BUSY, "the connection was idle for too long; run the command again"},
	{"28P01", ERR_PERMISSION, "check user and password in DATABASE_URL, PGPASSWORD or ~/.pgpass"},
	{"28", ERR_PERMISSION, "check user, database and pg_hba.conf"},
	{"3D000", ERR_SETTINGS, "check the database's name, or create it: CREATE DATABASE"},
	{"3F000", ERR_SETTINGS, "check DATABASE_SCHEMA, or create it: CREATE SCHEMA"},
	{"40", ERR_BUSY, "run the command again: another transaction got in the way"},
	{"42P07", ERR_INPUT, NULL}, /* exists already */
	{"42501", ERR_PERMISSION, "use the role that Open WebUI uses, or GRANT the right"},
	{"53100", ERR_FAILED, "the database server's disk is full: make room there"},
	{"53200", ERR_BUSY, "the database server is short of memory"},
	{"53300", ERR_BUSY, "all connections are taken: try again, or raise max_connections"},
	{"54", ERR_INPUT, NULL}, /* JSON that is nested too deep */
	{"55P03", ERR_BUSY, again},
	{"55006", ERR_BUSY, again},
	{"57014", ERR_BUSY, "the statement took longer than allowed: give it more time (--timeout)"},
	{"57P03", ERR_UNREACHABLE, "the server is starting up, shutting down or recovering: try again"},
	{"57P", ERR_UNREACHABLE, "the server was stopped or ended the connection: run the command again"},
	{"58", ERR_FAILED, "look at the database server's disk and log"},
	{"XX", ERR_FAILED, "look at the database server's log"},
};

const struct pg_meaning *pg_meaning_of(const char *sqlstate)
{
	static const struct pg_meaning none = {"", ERR_FAILED, NULL};
	for (size_t i = 0; i < COUNT(meanings); i++)
		if (!strncmp(sqlstate, meanings[i].state, strlen(meanings[i].state)))
			return &meanings[i];
	return &none;
}
