#include "backup/row_history.h"

#include "base/log.h"
#include "base/memory.h"

void row_history_cleanup(struct row_history *history)
{
	db_moment_cleanup(&history->moment);
	mem_wipe(history->key, sizeof history->key);
}

/* By a connection of its own: a server that lacks what is asked for spoils nothing but that. */
static fallible ask_moment(const struct rows_source *source, struct db_moment *moment)
{
	AUTO(memory) char *state = NULL;
	AUTO(db) struct db *db = NULL;
	if (!db_can(source->db, DB_CAN_SHARE_STATE))
		return db_moment_read(source->db, moment);
	TRY(db_share_state(source->db, &state));
	TRY(source->more(source->state, &db));
	TRY(db_begin_shared(db, state));
	return db_moment_read(db, moment);
}

static fallible read_identities(struct db *db, struct tables *tables)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct error *error = NULL;
	TRY(db_slot_tables(db, &rows));
	while (db_row(rows, &error)) {
		struct table *table = tables_find(tables, db_cell_text(rows, 0));
		if (table)
			table->identity = text_copy(db_cell_text(rows, 1));
	}
	return error;
}

/* A snapshot is as good without it, and the next one takes longer. */
fallible row_history_learn(const struct rows_source *source, const struct repository *repository,
			   const struct age_recipients *recipients, struct tables *tables, struct row_history *history)
{
	struct error *error = ask_moment(source, &history->moment);
	if (error && error->code == ERR_INTERRUPTED)
		return error;
	if (error) {
		AUTO(memory) char *text = error_text(error);
		log_note("the next backup will read all rows again: %s", text);
		error_free(error);
		return NULL;
	}
	repository_derive(repository, recipients, "owctl row key 1\n", history->key);
	return read_identities(source->db, tables);
}

const struct db_moment *row_history_moment(const struct row_history *history)
{
	return history->moment.history ? &history->moment : NULL;
}

bool row_history_goes_on(const struct row_history *history, const struct db_moment *earlier)
{
	return earlier && history->moment.history && db_moment_follows(&history->moment, earlier);
}
