/* What makes the tables stands in sqlite_master as it was typed. What has no text is made by a table's own. */
#include "db/sqlite/sqlite.h"

#define OF_TYPE(type)                                                                                            \
	"SELECT tbl_name, name, sql FROM sqlite_master WHERE type = '" type "' AND sql IS NOT NULL"             \
	" AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"

const struct db_part_query sqlite_parts[] = {
	{DB_PART_TABLE, OF_TYPE("table")},
	{DB_PART_INDEX, OF_TYPE("index")},
	{DB_PART_VIEW, OF_TYPE("view")},
	{DB_PART_TRIGGER, OF_TYPE("trigger")}, /* some are of views */
	{DB_PART_TABLE, NULL},
};

/* One makes tables of its own, which could not be made again then. */
const char sqlite_parts_refused[] = "SELECT 'virtual table \"' || name || '\"' FROM sqlite_master WHERE type = 'table'"
				    " AND sql LIKE 'CREATE VIRTUAL %' ORDER BY name LIMIT 1";
