/* Whether what the server has committed is still there after a crash, and is what was written. */
#include "db/db.h"
#include "health/result.h"
#include "health/sql_words.h"

static void tell_unsafe(struct checking *checking, const struct db_rows *row)
{
	bool all = text_equal(db_cell_text(row, 0), "fsync");
	checking_found_as(checking, all ? SEVERITY_CRITICAL : SEVERITY_WARNING, NULL, "%s is off: %s",
			  db_cell_text(row, 0),
			  all ? "a crash of the machine may leave a database that can't be read"
			      : "a page that a crash tears is damaged, unless the file system writes pages whole "
				"(ZFS)");
}

/* Services whose storage is no file system, and keeps what is committed by itself: Neon, Aurora, AlloyDB. */
#define KEEPS_BY_ITSELF \
	"exists (select from pg_settings where name like 'neon.%' or name like 'apg\\_%' or name like 'alloydb.%')"

static fallible look_for_unsafe(struct checking *checking)
{
	return sql_each(checking,
			"select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off' "
			"and not " KEEPS_BY_ITSELF,
			tell_unsafe);
}

HEALTH_CHECK(unsafe) = {
	.code = "OW325",
	.name = "commits-durable",
	.title = "the database survives a crash of its machine",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_SQL_SERVER,
	.why = "Settings that are fast, and for data that may be lost. With fsync off everything is at risk; "
	       "full_page_writes may be off where the file system never tears a page.",
	.remedy = "`ALTER SYSTEM SET fsync = on`, `ALTER SYSTEM SET full_page_writes = on`, and reload",
	.page = "https://www.postgresql.org/docs/current/runtime-config-wal.html",
	.run = look_for_unsafe,
};

static void tell_damaged(struct checking *checking, const struct db_rows *row)
{
	checking_found(checking, NULL, "%lld pages were found damaged, the last one on %s",
		       (long long)db_cell_integer(row, 0), db_cell_text(row, 1));
}

static fallible look_for_damage(struct checking *checking)
{
	return sql_each(checking,
			"select checksum_failures, to_char(checksum_last_failure at time zone 'UTC', "
			"'YYYY-MM-DD HH24:MI \"UTC\"') from pg_stat_database "
			"where datname = current_database() and checksum_failures > 0",
			tell_damaged);
}

HEALTH_CHECK(damaged) = {
	.code = "OW326",
	.name = "pages-sound",
	.title = "no page of the database was found damaged",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_SQL_SERVER,
	.why = "The checksum of a page was wrong when it was read: disk, controller or memory has changed it. What "
	       "else is damaged shows when it is read. pg_stat_database counts them, where checksums are on.",
	.remedy = "make a copy of what is there, look for the failing hardware, and restore the last good backup: "
		  "`owctl backup list`, `owctl backup drill`",
	.page = "https://www.postgresql.org/docs/current/checksums.html",
	.run = look_for_damage,
};
