/* Standbys that are behind, and what is kept for those that are gone. */
#include "base/memory.h"
#include "base/number.h"
#include "db/db.h"
#include "health/result.h"
#include "health/sql_words.h"
#include "openwebui/installation.h"

/* Four segments of WAL: more than what is on its way in a healthy moment. */
#define BEHIND_BYTES "67108864"
#define BEHIND_S "60"

static void tell_behind(struct checking *checking, const struct db_rows *row)
{
	AUTO(memory) char *bytes = number_bytes((uint64_t)db_cell_integer(row, 1));
	AUTO(memory) char *time = sql_duration(db_cell_integer(row, 2));
	if (db_cell_integer(row, 2))
		checking_found(checking, db_cell_text(row, 0), "is %s and %s behind (state %s)", bytes, time,
			       db_cell_text(row, 3));
	else
		checking_found(checking, db_cell_text(row, 0), "is %s behind (state %s)", bytes, db_cell_text(row, 3));
}

static fallible check_sight(struct checking *checking)
{
	int64_t hidden;
	TRY(db_single_integer(checking->installation->db,
			      "select count(*) from pg_stat_replication where state is null", NULL, 0, &hidden));
	if (!hidden)
		return NULL;
	return error_hint(error_new(ERR_PERMISSION, "this role can't see how far standbys are"),
			  "GRANT pg_read_all_stats to it: docs/health-role.sql");
}

static fallible look_for_behind(struct checking *checking)
{
	TRY(check_sight(checking));
	return sql_each(checking,
			"with standby as (select format('standby \"%s\"%s', application_name, "
			"coalesce(' at ' || host(client_addr), '')) as name, state, "
			"coalesce(extract(epoch from replay_lag)::bigint, 0) as seconds, pg_wal_lsn_diff(case "
			"when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end, "
			"replay_lsn)::bigint as bytes from pg_stat_replication "
			"where state in ('streaming', 'catchup')) "
			"select name, bytes, seconds, state from standby where bytes > " BEHIND_BYTES
			" or seconds > " BEHIND_S " order by bytes desc limit 5",
			tell_behind);
}

HEALTH_CHECK(behind) = {
	.code = "OW322",
	.name = "standbys-follow",
	.title = "standbys follow the primary closely",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_SQL_SERVER,
	.why = "What a standby has not got is lost if the primary fails now, and who reads from it reads old chats. "
	       "Told from 64 MB (four segments of WAL) or 60 s that are not replayed. pg_stat_replication tells, to "
	       "roles with pg_read_all_stats.",
	.remedy = "look at the standby: its log, pg_is_wal_replay_paused(), long queries there, disk and network",
	.page = "https://www.postgresql.org/docs/current/monitoring-stats.html",
	.run = look_for_behind,
};

static void tell_slot(struct checking *checking, const struct db_rows *row)
{
	AUTO(memory) char *bytes = number_bytes((uint64_t)db_cell_integer(row, 2));
	if (text_equal(db_cell_text(row, 1), "lost"))
		checking_found(checking, db_cell_text(row, 0), "has lost the WAL that it was to keep: whoever used it "
			       "has to begin anew");
	else
		checking_found(checking, db_cell_text(row, 0), "is used by nobody and keeps %s of WAL (wal_status %s)",
			       bytes, db_cell_text(row, 1));
}

/* Up to max_wal_size the WAL would be there without the slot. */
static fallible look_for_slots(struct checking *checking)
{
	return sql_each(checking,
			"with slot as (select format('slot \"%s\"', slot_name) as name, wal_status, "
			"pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() "
			"else pg_current_wal_lsn() end, "
			"restart_lsn)::bigint as bytes from pg_replication_slots where not active) "
			"select name, wal_status, coalesce(bytes, 0) from slot where wal_status <> 'reserved' "
			"or bytes > (select setting::bigint * 1048576 from pg_settings where name = 'max_wal_size') "
			"order by bytes desc limit 5",
			tell_slot);
}

HEALTH_CHECK(slots) = {
	.code = "OW323",
	.name = "slots-used",
	.title = "no unused replication slot fills the disk",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_SQL_SERVER,
	.why = "A slot keeps all WAL since its standby was last there, without end unless max_slot_wal_keep_size is "
	       "set: a standby that was taken away fills the primary's disk, and the server stops. Told when it keeps "
	       "more than max_wal_size.",
	.remedy = "bring the standby back, or `select pg_drop_replication_slot('NAME')`; set max_slot_wal_keep_size",
	.page = "https://www.postgresql.org/docs/current/view-pg-replication-slots.html",
	.run = look_for_slots,
};

static void tell_archiver(struct checking *checking, const struct db_rows *row)
{
	const char *last = db_cell_text(row, 1);
	checking_found(checking, NULL, "the last attempt to archive WAL failed (%s); the last one that did not was %s",
		       db_cell_text(row, 0), last ? last : "never");
}

static fallible look_for_archiver(struct checking *checking)
{
	return sql_each(checking,
			"select last_failed_wal, to_char(last_archived_time at time zone 'UTC', "
			"'YYYY-MM-DD HH24:MI \"UTC\"') from pg_stat_archiver "
			"where current_setting('archive_mode') <> 'off' and last_failed_time is not null "
			"and (last_archived_time is null or last_archived_time < last_failed_time)",
			tell_archiver);
}

HEALTH_CHECK(archiver) = {
	.code = "OW324",
	.name = "wal-archived",
	.title = "WAL is archived",
	.family = FAMILY_DATABASE,
	.stage = CHECK_IN_DATABASE,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_SQL_SERVER,
	.why = "What is not archived can't be restored to a point in time, and stays in pg_wal until the disk is full "
	       "and the server stops.",
	.remedy = "read the server's log: archive_command says there why it fails",
	.page = "https://www.postgresql.org/docs/current/continuous-archiving.html",
	.run = look_for_archiver,
};
