/* The database, by a connection of its own. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "health/look/look.h"
#include "openwebui/database.h"
#include "openwebui/schema.h"

static fallible prepare(struct look *look)
{
	AUTO(db_target) struct db_target target = {0};
	look->scene->database.sight.absent = !database_is_named(look->settings);
	if (look->scene->database.sight.absent)
		return NULL;
	TRY(database_target(look->settings, &target));
	look->scene->database.display = text_copy(target.display);
	return NULL;
}

/* Of the oldest account, which nobody deletes through the API. */
static fallible tell_identity(struct look *look, struct installation *installation)
{
	bool found;
	AUTO(memory) char *id = NULL;
	bool stamped = installation->read_as && schema_has(installation->read_as, "auth", "session_stamp");
	if (stamped) /* else a token of a real account would let somebody in */
		TRY(db_single_text(installation->db, "select id from \"user\" order by created_at, id limit 1", NULL, 0,
				   &found, &id));
	look->scene->database.inhabited = id != NULL;
	identity_tell(look->identity, id);
	return NULL;
}

static fallible time_round_trip(struct database_sight *seen, struct db *db)
{
	int64_t value, best = INT64_MAX;
	for (int i = 0; i < 3; i++) {
		int64_t began = clock_monotonic_us();
		TRY(db_single_integer(db, "select 1", NULL, 0, &value));
		int64_t took = clock_monotonic_us() - began;
		best = took < best ? took : best;
	}
	seen->round_trip_us = best;
	return NULL;
}

static fallible read_limits(struct database_sight *seen, struct db *db)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct error *error;
	if (!seen->server)
		return NULL;
	TRY(db_query(db,
		     "select current_setting('max_connections')::bigint, "
		     "current_setting('superuser_reserved_connections')::bigint, "
		     "(select sum(numbackends)::bigint from pg_stat_database)",
		     NULL, 0, &rows));
	while (db_row(rows, &error)) {
		seen->connections_most = db_cell_integer(rows, 0);
		seen->connections_reserved = db_cell_integer(rows, 1);
		seen->connections = db_cell_integer(rows, 2);
	}
	return error;
}

static fallible see(struct look *look, struct installation *installation)
{
	struct database_sight *seen = &look->scene->database;
	seen->server = !installation->file;
	seen->version = utf8_safe_copy(db_server_version(installation->db));
	seen->standing = installation->standing;
	seen->revision = installation->revision;
	seen->known = installation->standing == STANDING_KNOWN;
	seen->recorded = strings_join(&installation->recorded, ", ");
	TRY(tell_identity(look, installation));
	TRY(time_round_trip(seen, installation->db));
	return read_limits(seen, installation->db);
}

/* A statement that failed spoils its transaction, and one check is not to see what another one waited for. */
static fallible begin_anew(struct checking *checking)
{
	db_rollback(checking->installation->db);
	return db_begin(checking->installation->db, DB_READ);
}

/* Who waits for a lock longer tells nothing more: OW315 names who has it. */
#define LOCK_WAIT_S 1

static fallible look(struct look *look)
{
	struct installation installation = {0};
	const struct installation_options options = {
		.access = DB_READ, .any_revision = true, .timeout_s = look_seconds(look)};
	TRY(installation_open(look->settings, &options, &installation));
	struct checking checking = {
		.scene = look->scene, .settings = look->settings, .installation = &installation};
	db_limit_lock_wait(installation.db, LOCK_WAIT_S);
	struct error *error = see(look, &installation);
	look->scene->database.sight.seen = !error;
	if (!error)
		look_run_checks(look, &checking, CHECK_IN_DATABASE, begin_anew);
	installation_cleanup(&installation);
	return error;
}

const struct part database_part = {.what = "the database",
				   PART_OF_SCENE(database, database.sight),
				   .stage = CHECK_IN_DATABASE,
				   .prepare = prepare,
				   .look = look};
