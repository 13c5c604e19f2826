/* What makes the tables of the schema in use, put together by the server itself: what it writes of them depends on the
 * search path, in which that schema is the first. Only names, oids and texts are compared (catalogue.c says why). */
#include "db/postgresql/postgresql.h"

#define OF_EXTENSION(class, oid)                                                                        \
	"EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog." class "'::regclass" \
	" AND e.objid = " oid " AND e.deptype = 'e')"
#define RELATIONS(kinds)                                                                                            \
	"pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"                            \
	" AND n.nspname = current_schema() AND c.relkind IN (" kinds ") AND NOT " OF_EXTENSION("pg_class", "c.oid")
/* What belongs to column `a` of a table, or the column to which sequence `c` belongs: 'i' is an identity column's. */
#define BELONGS                                                                                                 \
	"pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass"                                 \
	" AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0"
#define OPTIONS_OF(options, before, after)                                                                   \
	"coalesce((SELECT " before "|| pg_catalog.string_agg("                                               \
	"pg_catalog.format('%I=%L', pg_catalog.split_part(o, '=', 1),"                                       \
	" pg_catalog.substr(o, pg_catalog.strpos(o, '=') + 1)), ', ') || " after                             \
	" FROM pg_catalog.unnest(" options ") o), '')"
/* With its schema, as it always is in these. */
#define WITHOUT_SCHEMA(text)                                                                                      \
	"overlay(" text " placing pg_catalog.format(' ON %I ', c.relname)"                                      \
	" from position(pg_catalog.format(' ON %I.%I ', n.nspname, c.relname) in " text ")"                     \
	" for pg_catalog.length(pg_catalog.format(' ON %I.%I ', n.nspname, c.relname)))"

/* Of those whose types, operators or access methods a table or an index is made with. Which version it gets is for the
 * server to say, as for pg_dump; its schema stands there only if it is not the one in use. */
static const char extensions[] =
	"SELECT x.extname, x.extname, pg_catalog.format('CREATE EXTENSION IF NOT EXISTS %I%s', x.extname,"
	" CASE WHEN s.nspname = current_schema() THEN '' ELSE pg_catalog.format(' WITH SCHEMA %I', s.nspname) END)"
	" FROM pg_catalog.pg_extension x JOIN pg_catalog.pg_namespace s ON s.oid = x.extnamespace"
	" WHERE EXISTS (SELECT FROM " RELATIONS("'r', 'm', 'i'") " JOIN pg_catalog.pg_depend d ON d.objid = c.oid"
	" AND d.classid = 'pg_catalog.pg_class'::regclass JOIN pg_catalog.pg_depend m ON m.classid = d.refclassid"
	" AND m.objid = d.refobjid AND m.refclassid = 'pg_catalog.pg_extension'::regclass AND m.refobjid = x.oid"
	" AND m.deptype = 'e') ORDER BY x.extname";

#define SEQUENCE_OPTIONS                                                                                        \
	"pg_catalog.format('INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s', s.seqincrement," \
	" s.seqmin, s.seqmax, s.seqstart, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END)"

static const char sequences[] =
	"SELECT coalesce((SELECT r.relname FROM pg_catalog.pg_class r WHERE r.oid = d.refobjid), c.relname), c.relname,"
	" pg_catalog.format('CREATE SEQUENCE %I AS %s %s', c.relname, pg_catalog.format_type(s.seqtypid, NULL),"
	" " SEQUENCE_OPTIONS ")"
	" FROM " RELATIONS("'S'") " JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid"
	" LEFT JOIN " BELONGS " AND d.objid = c.oid AND d.deptype IN ('a', 'i')"
	" WHERE d.deptype IS DISTINCT FROM 'i' ORDER BY c.relname";

#define IDENTITY                                                                                                     \
	"(SELECT pg_catalog.format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %I %s)',"                               \
	" CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, q.relname, " SEQUENCE_OPTIONS ")"         \
	" FROM pg_catalog.pg_class q JOIN pg_catalog.pg_sequence s ON s.seqrelid = q.oid"                           \
	" JOIN " BELONGS " AND d.objid = q.oid AND d.deptype = 'i'"                                                  \
	" WHERE d.refobjid = a.attrelid AND d.refobjsubid = a.attnum)"
#define VALUE                                                                                                    \
	"CASE WHEN a.attidentity <> '' THEN " IDENTITY                                                           \
	" WHEN a.attgenerated <> '' THEN pg_catalog.format(' GENERATED ALWAYS AS (%s) %s',"                     \
	" pg_catalog.pg_get_expr(f.adbin, f.adrelid), CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)" \
	" WHEN f.adbin IS NOT NULL THEN ' DEFAULT ' || pg_catalog.pg_get_expr(f.adbin, f.adrelid) ELSE '' END"
#define COLLATION                                                                                        \
	"coalesce((SELECT pg_catalog.format(' COLLATE %I', l.collname) FROM pg_catalog.pg_collation l" \
	" WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation), '')"
#define COLUMNS                                                                                               \
	"pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"             \
	" JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"

/* A table without columns is one as well. */
static const char tables[] =
	"SELECT c.relname, c.relname, pg_catalog.format(E'CREATE %sTABLE %I (%s\\n)%s',"
	" CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END, c.relname,"
	" (SELECT pg_catalog.string_agg(pg_catalog.format(E'\\n    %I %s%s%s%s', a.attname,"
	" pg_catalog.format_type(a.atttypid, a.atttypmod), " COLLATION ", " VALUE ","
	" CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END), ',' ORDER BY a.attnum)"
	" FROM (SELECT) one JOIN " COLUMNS
	" LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum),"
	" " OPTIONS_OF("c.reloptions", "' WITH ('", "')'") ")"
	" FROM " RELATIONS("'r'") " ORDER BY c.relname";

/* Some of these are not in the catalogue of every version. */
#define FROM_CATALOGUE(name) "(pg_catalog.to_jsonb(a) ->> '" name "')"
static const char column_settings[] =
	"SELECT c.relname, c.relname, pg_catalog.format('ALTER TABLE %I %s', c.relname,"
	" pg_catalog.string_agg(pg_catalog.format('ALTER COLUMN %I %s', a.attname, said.what), ', '"
	" ORDER BY a.attnum, said.what))"
	" FROM " RELATIONS("'r'") " JOIN " COLUMNS
	" CROSS JOIN LATERAL (SELECT 'SET STORAGE ' || CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'"
	" WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END WHERE a.attstorage <> t.typstorage"
	" UNION ALL SELECT 'SET COMPRESSION ' || CASE " FROM_CATALOGUE("attcompression") " WHEN 'p' THEN 'pglz'"
	" ELSE 'lz4' END WHERE " FROM_CATALOGUE("attcompression") " IN ('p', 'l')"
	" UNION ALL SELECT 'SET STATISTICS ' || " FROM_CATALOGUE("attstattarget")
	" WHERE pg_catalog.left(coalesce(" FROM_CATALOGUE("attstattarget") ", '-'), 1) <> '-'"
	" UNION ALL SELECT " OPTIONS_OF("a.attoptions", "'SET ('", "')'") " WHERE a.attoptions IS NOT NULL"
	") said (what) GROUP BY c.relname ORDER BY c.relname";

static const char sequence_owners[] =
	"SELECT r.relname, c.relname, pg_catalog.format('ALTER SEQUENCE %I OWNED BY %I.%I', c.relname, r.relname,"
	" a.attname) FROM " RELATIONS("'S'") " JOIN " BELONGS " AND d.objid = c.oid AND d.deptype = 'a'"
	" JOIN pg_catalog.pg_class r ON r.oid = d.refobjid AND r.relnamespace = c.relnamespace"
	" JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.refobjsubid ORDER BY c.relname";

/* What the catalogue's own functions say lacks whether the value was given out, which only the sequence knows. ts_stat
 * runs a query that is put together here, so that all can be asked at once; query_to_xml would as well, but not where
 * the server was built without libxml. */
static const char sequence_states[] =
	"SELECT c.relname, c.relname, pg_catalog.format('SELECT pg_catalog.setval(%L, %s, %s)',"
	" pg_catalog.quote_ident(c.relname), x.value, x.called)"
	" FROM " RELATIONS("'S'") " JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid"
	" CROSS JOIN LATERAL (SELECT pg_catalog.max(pg_catalog.substr(w.word, 2))"
	" FILTER (WHERE pg_catalog.left(w.word, 1) = 'v'), CASE pg_catalog.max(w.word)"
	" FILTER (WHERE pg_catalog.left(w.word, 1) = 'c') WHEN 'ctrue' THEN 'true' ELSE 'false' END"
	" FROM pg_catalog.ts_stat(pg_catalog.format('SELECT pg_catalog.array_to_tsvector(ARRAY[''v'' || last_value,"
	" ''c'' || is_called]) FROM %I.%I', n.nspname, c.relname)) w) x (value, called)"
	" WHERE x.called = 'true' OR x.value <> s.seqstart::text ORDER BY c.relname";

#define INDEXES(kinds)                                                                                             \
	"SELECT c.relname, j.relname, " WITHOUT_SCHEMA("pg_catalog.pg_get_indexdef(i.indexrelid)")                  \
	" FROM " RELATIONS(kinds) " JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisvalid"             \
	" JOIN pg_catalog.pg_class j ON j.oid = i.indexrelid WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k" \
	" WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) ORDER BY c.relname, j.relname"

/* A foreign key needs what makes the other table's columns unique. */
static const char constraints[] =
	"SELECT c.relname, k.conname, pg_catalog.format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.relname, k.conname,"
	" pg_catalog.pg_get_constraintdef(k.oid)) FROM " RELATIONS("'r'")
	" JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x', 'c', 'f')"
	" ORDER BY k.contype = 'f', c.relname, k.conname";

/* One that reads another comes after it. */
static const char views[] =
	"WITH RECURSIVE mine AS (SELECT c.oid, c.relname, c.relkind, c.reloptions FROM " RELATIONS("'v', 'm'") "),"
	" reads AS (SELECT DISTINCT w.ev_class AS view, d.refobjid AS other FROM pg_catalog.pg_rewrite w"
	" JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid"
	" AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> w.ev_class"
	" JOIN mine m ON m.oid = w.ev_class JOIN mine o ON o.oid = d.refobjid),"
	" depths AS (SELECT oid, 0 AS depth FROM mine UNION SELECT r.view, p.depth + 1 FROM depths p"
	" JOIN reads r ON r.other = p.oid WHERE p.depth < 100)"
	" SELECT m.relname, m.relname, pg_catalog.format(E'CREATE %sVIEW %I%s AS\\n%s',"
	" CASE m.relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END, m.relname,"
	" " OPTIONS_OF("m.reloptions", "' WITH ('", "')'") ","
	" pg_catalog.rtrim(pg_catalog.pg_get_viewdef(m.oid), ';'))"
	" FROM mine m ORDER BY (SELECT pg_catalog.max(p.depth) FROM depths p WHERE p.oid = m.oid), m.relname";

static const char triggers[] =
	"SELECT c.relname, t.tgname, " WITHOUT_SCHEMA("pg_catalog.pg_get_triggerdef(t.oid)")
	" FROM " RELATIONS("'r', 'v'") " JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal"
	" ORDER BY c.relname, t.tgname";

static const char trigger_settings[] =
	"SELECT c.relname, t.tgname, pg_catalog.format('ALTER TABLE %I %s TRIGGER %I', c.relname,"
	" CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE REPLICA' END, t.tgname)"
	" FROM " RELATIONS("'r'") " JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal"
	" WHERE t.tgenabled <> 'O' ORDER BY c.relname, t.tgname";

const struct db_part_query pg_parts[] = {
	{DB_PART_EXTENSION, extensions},
	{DB_PART_SEQUENCE, sequences},
	{DB_PART_TABLE, tables},
	{DB_PART_TABLE, column_settings},
	{DB_PART_SEQUENCE, sequence_owners},
	{DB_PART_SEQUENCE, sequence_states},
	{DB_PART_INDEX, INDEXES("'r'")},
	{DB_PART_CONSTRAINT, constraints},
	{DB_PART_VIEW, views},
	{DB_PART_INDEX, INDEXES("'m'")},
	{DB_PART_TRIGGER, triggers},
	{DB_PART_TRIGGER, trigger_settings},
	{DB_PART_TABLE, NULL},
};
