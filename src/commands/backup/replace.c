/* Before a database that is not empty is replaced. */
#include "backup/replace.h"

#include "backup/replace_rows.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/backup/backup.h"
#include "migrate/up.h"

#define STOP_THEM "stop the servers first"

fallible backup_take_database(struct db *db)
{
	struct installation installation = {.db = db};
	TRY(migration_hold(&installation, 0));
	return command_refuse_others(db, STOP_THEM);
}

static void tell_own(const struct strings *own)
{
	if (!own->count)
		return;
	AUTO(memory) char *list = strings_join(own, ", ");
	log_warning("not Open WebUI's, and lost with the tables unless the snapshot has it too: %s", list);
}

fallible backup_ask_to_replace(struct context *context, const struct db_target *target,
			       const struct manifest *manifest, const struct database_copy *copy)
{
	/* What was cut off before has to be undone on SQLite before it can be read. */
	const struct db_options how = {.read_only = context->globals.dry_run,
				       .may_be_empty = true,
				       .connect_timeout_s = context->globals.timeout};
	AUTO(db) struct db *db = NULL;
	AUTO(strings) struct strings gone = {0}, own = {0};
	bool is_new;
	TRY(db_would_create(target, &is_new));
	if (is_new || !copy)
		return NULL;
	TRY(db_open(target, &how, &db));
	TRY(command_refuse_others(db, STOP_THEM));
	TRY(db_begin(db, DB_READ));
	TRY(replace_plan(db, manifest, copy, &gone));
	TRY(replace_find_own(db, &gone, &own));
	db_rollback(db); /* nobody waits for an operator who thinks */
	tell_own(&own);
	if (!gone.count || context->globals.dry_run)
		return NULL;
	return context_confirm(context,
			       "Replace %zu tables of %s by those of the snapshot %s? Their rows would be lost",
			       gone.count, db_display(db), manifest->snapshot);
}

/* ---- rows of some tables ---- */

static void tell_more(const struct strings *more)
{
	if (!more->count)
		return;
	AUTO(memory) char *list = strings_join(more, ", ");
	log_warning("not in the snapshot, and in every row as in a new one afterwards: %s", list);
}

/* "prompt (12 rows, and 10 then)" */
static fallible describe(struct db *db, const struct tables *tables, struct str *text)
{
	for (size_t i = 0; i < tables->count; i++) {
		AUTO(str) struct str sql = {0};
		int64_t rows;
		str_add(&sql, "SELECT count(*) FROM ");
		db_add_identifier(&sql, tables->items[i].name);
		TRY(db_single_integer(db, str_text(&sql), NULL, 0, &rows));
		str_add_format(text, "%s%s (%lld rows, and %llu then)", i ? ", " : "", tables->items[i].name,
			       (long long)rows, (unsigned long long)tables->items[i].rows);
	}
	return NULL;
}

fallible backup_ask_to_replace_rows(struct context *context, const struct db_target *target,
				    const struct manifest *manifest)
{
	const struct db_options how = {.read_only = context->globals.dry_run,
				       .connect_timeout_s = context->globals.timeout};
	const struct database_copy *copy = manifest_database(manifest, "main");
	AUTO(db) struct db *db = NULL;
	AUTO(strings) struct strings more = {0};
	AUTO(str) struct str what = {0};
	TRY(db_open(target, &how, &db));
	TRY(command_refuse_others(db, STOP_THEM));
	TRY(db_begin(db, DB_READ));
	TRY(replace_rows_check(db, manifest, copy, &more));
	TRY(describe(db, &copy->tables, &what));
	db_rollback(db);
	tell_more(&more);
	log_note("rows that are replaced: %s", str_text(&what));
	if (context->globals.dry_run)
		return NULL;
	return context_confirm(context, "Replace these rows of %s by those of the snapshot %s? They would be lost",
			       db_display(db), manifest->snapshot);
}
