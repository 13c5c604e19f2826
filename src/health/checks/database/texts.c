/* Whether the server keeps and sorts texts as they were written. */
#include <stdlib.h>

#include "db/db.h"
#include "health/result.h"
#include "health/scene.h"
#include "health/sql_words.h"

static void tell_encoding(struct checking *checking, const struct db_rows *row)
{
	bool any = text_equal(db_cell_text(row, 0), "SQL_ASCII");
	checking_found_as(checking, any ? SEVERITY_WARNING : SEVERITY_CRITICAL, NULL,
			  "the database has the encoding %s: %s", db_cell_text(row, 0),
			  any ? "it takes any bytes, and never looks whether they are text"
			      : "it refuses what that has no character for, as emoji");
}

static fallible look_for_encoding(struct checking *checking)
{
	return sql_each(checking,
			"select pg_encoding_to_char(encoding) from pg_database "
			"where datname = current_database() and pg_encoding_to_char(encoding) <> 'UTF8'",
			tell_encoding);
}

HEALTH_CHECK(encoding) = {
	.code = "OW327",
	.name = "encoding-utf8",
	.title = "the database keeps texts in UTF-8",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_SQL_SERVER,
	.why = "Chats are in all languages, and answers of models are full of signs that other encodings lack: saving "
	       "such an answer fails.",
	.remedy = "`owctl backup create`, make a database with ENCODING 'UTF8' TEMPLATE template0, and `owctl backup "
		  "restore` into that",
	.page = "https://www.postgresql.org/docs/current/multibyte.html",
	.run = look_for_encoding,
};

static void tell_collation(struct checking *checking, const struct db_rows *row)
{
	checking_found(checking, NULL,
		       "the indexes were made with version %s of the locale's order, and the system now has %s",
		       db_cell_text(row, 0), db_cell_text(row, 1));
}

/* PostgreSQL keeps the version of a database's order from 15 on. */
static fallible look_for_collation(struct checking *checking)
{
	if (strtol(checking->scene->database.version, NULL, 10) < 15)
		return NULL;
	return sql_each(checking,
			"select datcollversion, pg_database_collation_actual_version(oid) from pg_database "
			"where datname = current_database() "
			"and datcollversion <> pg_database_collation_actual_version(oid)",
			tell_collation);
}

HEALTH_CHECK(collation) = {
	.code = "OW328",
	.name = "order-unchanged",
	.title = "texts sort as they did when their indexes were made",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_WARNING,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_SQL_SERVER,
	.why = "A new image or system brought another C library or ICU, whose order of letters differs: rows are then "
	       "not found by their index, and a unique index (of e-mail addresses) lets doubles in.",
	.remedy = "`REINDEX DATABASE CONCURRENTLY NAME` (without it all tables are locked), then `ALTER "
		  "DATABASE NAME REFRESH COLLATION VERSION`",
	.page = "https://www.postgresql.org/docs/current/sql-alterdatabase.html",
	.run = look_for_collation,
};
