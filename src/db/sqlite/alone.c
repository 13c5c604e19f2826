#include "db/sqlite/sqlite.h"

fallible sqlite_alone_begin(struct db *db, enum db_patience patience)
{
	struct sqlite *sqlite = (struct sqlite *)db;
	sqlite->unhurried = patience == DB_WORKS_LONG;
	sqlite_start_clock(sqlite);
	/* The last transaction may have been a reader's. A database opened read_only does not depend on it. */
	int code = sqlite3_exec(sqlite->handle, "PRAGMA query_only = OFF", NULL, NULL, NULL);
	return code == SQLITE_OK ? NULL : sqlite_error(sqlite, code);
}

void sqlite_alone_end(struct db *db)
{
	struct sqlite *sqlite = (struct sqlite *)db;
	sqlite->unhurried = false;
	sqlite_forget_statements(sqlite);
	if (!sqlite3_get_autocommit(sqlite->handle))
		sqlite3_exec(sqlite->handle, "ROLLBACK", NULL, NULL, NULL);
}
