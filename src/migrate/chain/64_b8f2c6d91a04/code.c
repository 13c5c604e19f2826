/* PostgreSQL looks into the JSON of every file to make the index, and can't where a \u0000 is in it: upstream then
 * goes on without the index, for ever. */
#include "migrate/chain/code.h"
#include "migrate/chain/nul.h"

static const char clean_both[] = "take it out: UPDATE file SET data = " WITHOUT_NUL("data") ", meta = "
				 WITHOUT_NUL("meta") " WHERE id = '..'";
static const char clean_meta[] = "take it out: UPDATE file SET meta = " WITHOUT_NUL("meta") " WHERE id = '..'";

static fallible find_blockers(struct blockers *blockers)
{
	struct db *db = blockers->installation->db;
	if (!db_can(db, DB_CAN_ALTER_TABLES))
		return NULL; /* SQLite gets no index */
	AUTO(db_rows) struct db_rows *rows = NULL;
	bool has_data; /* not in the first revisions */
	TRY(db_column_exists(db, "file", "data", &has_data));
	TRY(db_query(db,
		     has_data ? "select id from file where " HAS_NUL("data") " or " HAS_NUL("meta") " order by id"
			      : "select id from file where " HAS_NUL("meta") " order by id",
		     NULL, 0, &rows));
	struct error *error = NULL;
	while (db_row(rows, &error))
		blockers_add(blockers,
			     has_data ? clean_both : clean_meta,
			     "data or meta of the file %s has a \\u0000, which PostgreSQL can't look into",
			     db_cell_text(rows, 0));
	return error;
}

const struct chain_code chain_code_b8f2c6d91a04 = {.find_blockers = find_blockers};
