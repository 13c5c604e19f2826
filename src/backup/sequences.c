#include "backup/sequences.h"

/* One statement for each: that of an empty table stays as it is. */
static const char statements[] =
	"SELECT pg_catalog.format('SELECT pg_catalog.setval(%L, max(%I)) FROM %s HAVING max(%I) > 0', s.name,"
	" a.attname, c.oid::regclass, a.attname)"
	" FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
	" AND NOT a.attisdropped CROSS JOIN LATERAL"
	" pg_catalog.pg_get_serial_sequence(c.oid::regclass::text, a.attname) s (name)"
	" WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname = $1"
	" AND s.name IS NOT NULL ORDER BY a.attnum";

fallible sequences_go_on(struct db *db, const char *table)
{
	AUTO(strings) struct strings found = {0};
	const char *query = db_pick(db, NULL, statements);
	const struct db_value name = db_text(table);
	if (!query)
		return NULL;
	TRY(db_texts(db, query, &name, 1, &found));
	for (size_t i = 0; i < found.count; i++)
		TRY(db_script(db, found.items[i]));
	return NULL;
}
