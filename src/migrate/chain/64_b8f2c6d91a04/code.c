/* PostgreSQL looks into the JSON of every file to make the index, and can't where a \u0000 is in it: upstream then
 * goes on without the index, for ever. */
#include "migrate/chain/code.h"

/* An even number of backslashes before it are pairs that stand for themselves. */
#define HAS_NUL " ~ '(^|[^\\\\])(\\\\\\\\)*\\\\u0000'"

static fallible find_blockers(struct blockers *blockers)
{
	struct db *db = blockers->installation->db;
	if (!db_can(db, DB_CAN_ALTER_TABLES))
		return NULL; /* SQLite gets no index */
	AUTO(db_rows) struct db_rows *rows = NULL;
	bool has_data; /* not in the first revisions */
	TRY(db_column_exists(db, "file", "data", &has_data));
	TRY(db_query(db,
		     has_data ? "select id from file where data::text" HAS_NUL " or meta::text" HAS_NUL " order by id"
			      : "select id from file where meta::text" HAS_NUL " order by id",
		     NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		blockers_add(blockers,
			     "take it out: UPDATE file SET data = replace(data::text, '\\u0000', '')::json, meta = "
			     "replace(meta::text, '\\u0000', '')::json WHERE id = '..'",
			     "data or meta of the file %s has a \\u0000, which PostgreSQL can't look into",
			     db_cell_text(rows, 0));
	return error;
}

const struct chain_code chain_code_b8f2c6d91a04 = {.find_blockers = find_blockers};
