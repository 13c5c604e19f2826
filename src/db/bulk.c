/* Bulk loading and unloading. */
#include <stdlib.h>

#include "base/log.h"
#include "base/notify.h"
#include "db/order.h"

fallible db_load_begin(struct db *db, const char *table, const char *const *columns, size_t count,
		       struct db_load **load)
{
	TRY(db_may_start(db));
	struct db_load *started = NULL;
	TRY(db_noted(db, db->driver->load_begin(db, table, columns, count, &started)));
	db->streaming = true;
	*load = db->load = started;
	return NULL;
}

fallible db_load_row(struct db_load *load, const struct db_value *values)
{
	if (load->ended)
		return db_misuse("loading after the transaction");
	notify_alive();
	return db_noted(load->db, load->db->driver->load_row(load, values));
}

fallible db_load_lines(struct db_load *load, const char *lines, size_t size, const struct db_odd *odd, size_t odd_count)
{
	if (load->ended)
		return db_misuse("loading after the transaction");
	if (load->db->failed)
		return error_new(ERR_FAILED, "loading had failed before");
	notify_alive();
	return db_noted(load->db, load->db->driver->load_lines(load, lines, size, odd, odd_count));
}

static void load_over(struct db_load *load)
{
	load->db->driver->load_free(load);
	if (!load->ended) {
		load->db->streaming = false;
		load->db->load = NULL;
	}
	free(load);
}

fallible db_load_end(struct db_load **ended, int64_t *rows)
{
	struct db_load *load = *ended;
	int64_t taken = 0;
	struct error *error = NULL;
	if (load->ended)
		error = db_misuse("the end of a load after the transaction");
	else if (load->db->failed)
		error = error_new(ERR_FAILED, "loading had failed before");
	else
		error = db_noted(load->db, load->db->driver->load_end(load, &taken));
	load_over(load);
	*ended = NULL;
	if (!error && rows)
		*rows = taken;
	return error;
}

void db_load_abort(struct db_load *load)
{
	if (!load)
		return;
	if (!load->ended)
		load->db->failed = true;
	load_over(load);
}

static fallible load_whole(struct db *db, const char *table, const char *const *columns, size_t count,
			   const char *lines, size_t size)
{
	AUTO(db_load) struct db_load *load = NULL;
	TRY(db_load_begin(db, table, columns, count, &load));
	TRY(db_load_lines(load, lines, size, NULL, 0));
	return db_load_end(&load, NULL);
}

fallible db_load_if_taken(struct db *db, const char *table, const char *const *columns, size_t count,
			  const char *lines, size_t size, struct error **refused)
{
	TRY(db_script(db, "SAVEPOINT owctl_load"));
	AUTO(error) struct error *error = load_whole(db, table, columns, count, lines, size);
	bool is_refused = error && error->code == ERR_INPUT;
	if (is_refused) {
		db->failed = false;
		TRY(db_script(db, "ROLLBACK TO SAVEPOINT owctl_load"));
	}
	if (!error || is_refused)
		TRY(db_script(db, "RELEASE SAVEPOINT owctl_load"));
	*refused = is_refused ? error : NULL;
	struct error *other = is_refused ? NULL : error;
	error = NULL;
	return other;
}

fallible db_unload(struct db *db, const struct db_unload *unload)
{
	TRY(db_may_start(db));
	log_debug("SQL, as lines: %s", unload->query);
	db->streaming = true;
	struct error *error = db_noted(db, db->driver->unload(db, unload));
	db->streaming = false;
	return error;
}
