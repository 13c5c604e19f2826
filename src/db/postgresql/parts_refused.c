/* What parts.c does not put together: it would be another table that came back, or none. */
#include "db/postgresql/postgresql.h"

#define MINE                                                                                                      \
	" FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"                   \
	" AND n.nspname = current_schema() AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e"                   \
	" WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')"
#define COLUMNS                                                                                      \
	" JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped" \
	" AND c.relkind = 'r'"
/* Neither the engine's own nor an extension's. */
#define OF_SOMEBODY(class, alias, schema)                                                                    \
	schema " <> 'pg_catalog'::regnamespace AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e"           \
	" WHERE e.classid = 'pg_catalog." class "'::regclass AND e.objid = " alias ".oid AND e.deptype = 'e')"

const char pg_parts_refused[] =
	"SELECT what FROM ("
	"SELECT pg_catalog.format('%s table \"%s\"', CASE c.relkind WHEN 'p' THEN 'partitioned' ELSE 'foreign' END,"
	" c.relname)" MINE " AND c.relkind IN ('p', 'f')"
	" UNION ALL SELECT pg_catalog.format('table \"%s\", which inherits from another,', c.relname)" MINE
	" JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid AND c.relkind = 'r' AND NOT c.relispartition"
	" UNION ALL SELECT pg_catalog.format('table \"%s\", which was made OF a type,', c.relname)" MINE
	" AND c.relkind = 'r' AND c.reloftype <> 0"
	" UNION ALL SELECT pg_catalog.format('rule \"%s\" of table \"%s\"', w.rulename, c.relname)" MINE
	" JOIN pg_catalog.pg_rewrite w ON w.ev_class = c.oid AND c.relkind = 'r'"
	" UNION ALL SELECT pg_catalog.format('column \"%s\" of table \"%s\", whose type %s is no common one,',"
	" a.attname, c.relname, pg_catalog.format_type(a.atttypid, NULL))" MINE COLUMNS
	" JOIN pg_catalog.pg_type y ON y.oid = a.atttypid"
	" JOIN pg_catalog.pg_type t ON t.oid = CASE y.typelem WHEN 0 THEN y.oid ELSE y.typelem END"
	" AND " OF_SOMEBODY("pg_type", "t", "t.typnamespace")
	" UNION ALL SELECT pg_catalog.format('column \"%s\" of table \"%s\", whose collation \"%s\" is no common one,',"
	" a.attname, c.relname, l.collname)" MINE COLUMNS
	" JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation"
	" AND " OF_SOMEBODY("pg_collation", "l", "l.collnamespace")
	") refused (what) ORDER BY what LIMIT 1";
