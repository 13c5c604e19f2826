/* One state for several connections. */
#include "db/order.h"

fallible db_share_state(struct db *db, char **name)
{
	TRY(db_may_start(db));
	if (!db->driver->share_state || db->writing)
		return db_misuse("sharing a state that can't be shared");
	return db_noted(db, db->driver->share_state(db, name));
}

fallible db_begin_shared(struct db *db, const char *name)
{
	if (db->in_transaction)
		return db_misuse("a transaction inside a transaction");
	if (!db->driver->begin_shared)
		return db_misuse("this engine shares no states");
	db->blocked = false;
	TRY(db->driver->begin_shared(db, name));
	db->in_transaction = true;
	db->writing = false;
	return NULL;
}

/* ---- tables that stay what they are ---- */

/* Rows are read as they were at one moment, but a statement finds its table as it is now. */
static const char changed_since[] =
	"SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
	" AND n.nspname = current_schema() WHERE c.relkind = 'r'"
	" AND c.relfilenode IS DISTINCT FROM pg_catalog.pg_relation_filenode(c.oid) ORDER BY c.relname";

fallible db_pin_tables(struct db *db)
{
	AUTO(strings) struct strings tables = {0}, changed = {0};
	AUTO(str) struct str sql = {0};
	if (!db_pick(db, NULL, ""))
		return NULL;
	TRY(db_tables(db, &tables));
	for (size_t i = 0; i < tables.count; i++) {
		str_add(&sql, i ? ", " : "LOCK TABLE ");
		db_add_identifier(&sql, tables.items[i]);
	}
	if (!tables.count)
		return NULL;
	str_add(&sql, " IN ACCESS SHARE MODE");
	TRY(db_script(db, str_text(&sql)));
	TRY(db_texts(db, changed_since, NULL, 0, &changed));
	if (!changed.count)
		return NULL;
	return error_hint(error_new(ERR_BUSY, "table \"%s\" was made anew or emptied at this very moment",
				    changed.items[0]),
			  "run the command again when that is done");
}
