/* A database that is worth it is loaded by several connections beside the one in use, and switched in at the end. */
#include "backup/restore_beside.h"

#include <stdlib.h>

#include "backup/beside.h"
#include "backup/parts_script.h"
#include "backup/replace.h"
#include "base/cancel.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/workers.h"
#include "commands/backup/restoring.h"
#include "migrate/patience.h"
#include "migrate/up.h"

#define WORTH_IT ((uint64_t)64 * 1024 * 1024) /* of lines; less is loaded before others are connected */
#define MOST_BY_DEFAULT 4
#define SWITCH_PATIENCE_S 600

/* ---- whether ---- */

static size_t jobs(const struct restoring *restoring, const struct db *db, const struct database_copy *copy)
{
	uint64_t bytes = 0;
	size_t cores = workers_cores();
	if (restoring->tables.count || strcmp(copy->engine, db_pick(db, "sqlite", "postgresql")) != 0)
		return 1;
	if (restoring->arguments->jobs)
		return (size_t)restoring->arguments->jobs;
	for (size_t i = 0; i < copy->tables.count; i++)
		for (size_t number = 0; number < copy->tables.items[i].segment_count; number++)
			bytes += copy->tables.items[i].segments[number].bytes;
	if (bytes < WORTH_IT)
		return 1;
	return cores < MOST_BY_DEFAULT ? cores : MOST_BY_DEFAULT;
}

static fallible is_possible(struct db *db, bool *possible)
{
	TRY(db_begin(db, DB_READ));
	struct error *error = beside_possible(db, possible);
	db_rollback(db);
	return error;
}

/* Behind a pooler that lends sessions, or has no room for a second one, nothing can be held: then it is one
 * transaction. */
static fallible hold(struct db *db, bool *held)
{
	struct installation installation = {.db = db};
	struct error *error = migration_hold(&installation, 0);
	*held = !error;
	if (!error || error->code == ERR_BUSY || error->code == ERR_INTERRUPTED)
		return error;
	log_debug("loading in one transaction: %s", error->message);
	error_free(error);
	return NULL;
}

fallible restoring_jobs(const struct restoring *restoring, struct db *db, const struct database_copy *copy,
			size_t *count)
{
	AUTO(strings) struct strings left = {0};
	size_t wanted = jobs(restoring, db, copy);
	bool held = restoring->replacing, possible = false;
	*count = 1;
	if (!db_can(db, DB_CAN_USE_SCHEMAS) || restoring->context->globals.dry_run)
		return NULL;
	TRY(beside_find(db, &left));
	if (!held && (left.count || wanted > 1))
		TRY(hold(db, &held));
	if (!held)
		return NULL;
	TRY(beside_sweep(db, &left));
	if (wanted > 1)
		TRY(is_possible(db, &possible));
	if (possible)
		*count = wanted;
	return NULL;
}

/* ---- loading ---- */

static void close_all(struct crew *crew)
{
	for (size_t i = 0; i < crew->count; i++)
		db_close(crew->connections[i]);
	crew->count = 0;
}

/* With fewer, where the server has no room for more. */
static fallible open_all(const struct restoring *restoring, size_t wanted, struct crew *crew)
{
	for (; crew->count < wanted; crew->count++) {
		struct error *error = restoring_connect(restoring, &restoring->target, &crew->connections[crew->count]);
		if (error && !crew->count)
			return error;
		if (error) {
			log_detail("no more connections: %s", error->message);
			error_free(error);
			return cancel_check();
		}
		db_prefer_schema(crew->connections[crew->count], crew->schema);
	}
	return NULL;
}

static fallible move_paths(struct restoring *restoring, const struct crew *crew)
{
	TRY(beside_begin(crew->connections[0], crew->schema));
	TRY(restoring_move_paths(restoring, crew->connections[0], "file"));
	return db_commit(crew->connections[0]);
}

static fallible load_with(struct restoring *restoring, const struct database_copy *copy, size_t count,
			  struct crew *crew)
{
	const struct rows_target target = {.repository = &restoring->repository,
					   .identities = &restoring->identities,
					   .progress = restoring_progress(restoring)};
	TRY(open_all(restoring, count, crew));
	log_detail("loading with %zu connections into the schema %s beside", crew->count, crew->schema);
	TRY(database_restore_beside(crew, &target, copy));
	return restoring_has_paths(restoring, copy) ? move_paths(restoring, crew) : NULL;
}

static fallible fill(struct restoring *restoring, const struct database_copy *copy, size_t count, const char *schema)
{
	struct db *connections[ROWS_MOST_LOADERS];
	struct crew crew = {.connections = connections, .schema = schema};
	struct error *error = load_with(restoring, copy, count, &crew);
	close_all(&crew);
	return error;
}

/* ---- around it ---- */

/* They are not moved at the end, as tables are: they are made where they are to be, and stay also where all else
 * fails. */
static fallible make_extensions(struct db *db, const struct database_copy *copy)
{
	AUTO(memory) char *script = parts_script_extensions(copy->before);
	return parts_script_run(db, script, "making extensions");
}

/* What would stop the switch is known before hours of loading. */
static fallible try_and_make(struct restoring *restoring, struct db *db, const struct database_copy *copy,
			     char **schema)
{
	TRY(db_begin(db, DB_WRITE));
	TRY(restoring_make_room(restoring, db, copy));
	db_rollback(db);
	TRY(db_begin(db, DB_WRITE));
	TRY(make_extensions(db, copy));
	TRY(beside_make(db, restoring->record.snapshot, schema));
	return db_commit(db);
}

static fallible switch_once(struct restoring *restoring, struct db *db, const struct database_copy *copy,
			    const char *schema)
{
	TRY(db_begin(db, DB_WRITE));
	TRY(restoring_make_room(restoring, db, copy));
	TRY(beside_move(db, schema));
	return restoring_commit(restoring, db);
}

static fallible tell_others(struct db *db)
{
	AUTO(strings) struct strings others = {0};
	TRY(db_others(db, &others));
	if (!others.count)
		return NULL;
	AUTO(memory) char *list = strings_join(&others, ", ");
	log_warning("%s came meanwhile: start it anew, as what it has read is of the old rows", list);
	return NULL;
}

static fallible switch_in(struct restoring *restoring, struct db *db, const struct database_copy *copy,
			  const char *schema)
{
	static const struct strings any = {0};
	struct patience patience = {.db = db, .most_s = SWITCH_PATIENCE_S};
	struct error *error = NULL;
	if (restoring->replacing)
		TRY(tell_others(db));
	db_limit_lock_wait(db, PATIENCE_TRY_S);
	do {
		error = switch_once(restoring, db, copy, schema);
		db_rollback(db);
	} while (error && db_was_blocked(db) && patience_goes_on(&patience, &any, &error));
	if (error && db_was_blocked(db))
		return error_hint(error_without_hints(error), "end what holds it, and say the same again");
	return error;
}

fallible restoring_load_beside(struct restoring *restoring, struct db *db, const struct database_copy *copy,
			       size_t count)
{
	AUTO(memory) char *schema = NULL;
	log_note("changing %s", db_display(db));
	struct error *error = try_and_make(restoring, db, copy, &schema);
	if (!error)
		error = fill(restoring, copy, count, schema);
	if (!error)
		error = switch_in(restoring, db, copy, schema);
	if (!error || restoring->unknown || !schema)
		return error;
	db_rollback(db);
	db_drop_schema(db, schema);
	return error;
}
