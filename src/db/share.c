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
