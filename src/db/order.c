#include "db/order.h"

fallible db_misuse(const char *what)
{
	return error_new(ERR_FAILED, "owctl has a defect: %s", what);
}

fallible db_may_start(const struct db *db)
{
	if (!db->in_transaction)
		return db_misuse("a statement outside a transaction");
	if (db->streaming)
		return db_misuse("a statement while rows are being read or loaded");
	if (db->failed)
		return error_new(ERR_FAILED, "an earlier statement of the transaction failed");
	return NULL;
}

fallible db_noted(struct db *db, struct error *error)
{
	if (error)
		db->failed = true;
	return error;
}
