#include "db/slots.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"

#define XIDS (UINT64_C(1) << 32)

/* ---- moments ---- */

void db_moment_cleanup(struct db_moment *moment)
{
	free(moment->history);
}

/* Processes that belong to no database and no role are the server's own, and nobody is kept from seeing that they are
 * there: after a crash of any process there are others. */
static const char postgresql_moment[] =
	"SELECT pg_catalog.format('postgresql %s %s %s %s', pg_catalog.current_setting('server_version_num'), d.oid,"
	" (pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time()) * 100000)::bigint, p.pid),"
	" pg_catalog.txid_snapshot_xmin(s), pg_catalog.txid_snapshot_xmax(s)"
	" FROM pg_catalog.pg_database d, pg_catalog.txid_current_snapshot() s, (SELECT min(a.pid) AS pid"
	" FROM pg_catalog.pg_stat_activity a WHERE a.datid IS NULL AND a.usesysid IS NULL) p"
	" WHERE d.datname = pg_catalog.current_database() AND p.pid IS NOT NULL";

fallible db_moment_read(struct db *db, struct db_moment *moment)
{
	const char *sql = db_pick(db, "SELECT 'sqlite', 0, 0", postgresql_moment);
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct error *error = NULL;
	TRY(db_query(db, sql, NULL, 0, &rows));
	while (db_row(rows, &error))
		*moment = (struct db_moment){.history = text_copy(db_cell_text(rows, 0)),
					     .oldest = (uint64_t)db_cell_integer(rows, 1),
					     .next = (uint64_t)db_cell_integer(rows, 2)};
	return error;
}

/* Beyond half of the numbers there are, nearly every row would count as changed anyway. */
bool db_moment_follows(const struct db_moment *moment, const struct db_moment *earlier)
{
	return text_equal(moment->history, earlier->history) && moment->next >= earlier->next &&
	       moment->oldest >= earlier->oldest && moment->next - earlier->oldest < XIDS / 2;
}

bool db_tells_changes(const struct db *db)
{
	return db_pick(db, NULL, "");
}

/* ---- tables ---- */

static const char sqlite_tables[] =
	"SELECT t.name, '' FROM pragma_table_list t WHERE t.schema = 'main' AND t.type = 'table' AND NOT t.wr"
	" AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) c WHERE lower(c.name) = '_rowid_') ORDER BY t.name";

/* A column that is computed when it is read has no value in its row; servers before it know no such column. */
static const char postgresql_tables[] =
	"SELECT c.relname, pg_catalog.concat_ws(' ', c.oid, pg_catalog.pg_relation_filenode(c.oid),"
	" pg_catalog.string_agg(pg_catalog.concat_ws(':', a.attnum, a.atttypid, a.atttypmod), ' ' ORDER BY a.attnum))"
	" FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
	" JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
	" JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
	" LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'"
	" WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relpersistence = 'p'"
	" AND NOT c.relhassubclass AND NOT c.relispartition"
	" AND (c.relam = 0 OR c.relam = (SELECT m.oid FROM pg_catalog.pg_am m WHERE m.amname = 'heap'))"
	" GROUP BY c.oid, c.relname HAVING pg_catalog.bool_and(t.typtype = 'b' AND (e.oid IS NULL OR e.typtype = 'b')"
	" AND (t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace"
	" OR t.typname IN ('vector', 'halfvec', 'sparsevec'))"
	" AND t.typname <> ALL (ARRAY['money', '_money']::name[])"
	" AND pg_catalog.left(t.typname::text, 3) <> 'reg' AND pg_catalog.left(t.typname::text, 4) <> '_reg'"
	" AND (pg_catalog.to_jsonb(a) ->> 'attgenerated') IS DISTINCT FROM 'v') ORDER BY c.relname";

fallible db_slot_tables(struct db *db, struct db_rows **rows)
{
	return db_query(db, db_pick(db, sqlite_tables, postgresql_tables), NULL, 0, rows);
}

/* ---- queries ---- */

static void add_columns(struct str *sql, const struct strings *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		str_add(sql, ", t.");
		db_add_identifier(sql, columns->items[i]);
	}
}

static void add_changed_alone(struct str *sql, const struct strings *columns, const struct db_moment *earlier,
			      const struct db_moment *now)
{
	str_add(sql, " LEFT JOIN LATERAL (SELECT true");
	add_columns(sql, columns);
	str_add_format(sql,
		       " WHERE ((t.xmin::text::bigint - '%llu'::bigint) & '%llu'::bigint) < '%llu'::bigint) w ON true",
		       (unsigned long long)(earlier->oldest % XIDS), (unsigned long long)(XIDS - 1),
		       (unsigned long long)(now->next - earlier->oldest));
}

void db_add_slot_query(struct str *sql, const struct db *db, const char *table, const struct strings *columns,
		       const struct db_moment *earlier, const struct db_moment *now)
{
	bool changed_alone = earlier && db_tells_changes(db);
	str_add(sql, db_pick(db, "SELECT t._rowid_", "SELECT t.ctid"));
	if (changed_alone) {
		str_add(sql, ", w.*");
	} else {
		str_add(sql, ", true");
		add_columns(sql, columns);
	}
	str_add(sql, " FROM ");
	db_add_identifier(sql, table);
	str_add(sql, " t");
	if (changed_alone)
		add_changed_alone(sql, columns, earlier, now);
	str_add(sql, db_pick(db, " ORDER BY t._rowid_", ""));
}

static bool parse_slot(const char **at, uint64_t *slot)
{
	uint64_t line;
	if (**at == '-') {
		++*at;
		if (!number_parse(at, '\t', slot))
			return false;
		*slot = -*slot;
		return true;
	}
	if (**at != '(')
		return number_parse(at, '\t', slot);
	++*at;
	if (!number_parse(at, ',', slot) || !number_parse(at, ')', &line) || *slot > UINT32_MAX || line > UINT16_MAX)
		return false;
	*slot = *slot << 16 | line;
	return *(*at)++ == '\t';
}

bool db_slot_parse(const char **line, const char *end, uint64_t *slot, bool *whole)
{
	size_t size = (size_t)(end - *line);
	char start[64]; /* more than these fields take */
	const char *at = start;
	size = size < sizeof start - 1 ? size : sizeof start - 1;
	memcpy(start, *line, size);
	start[size] = '\0';
	if (!parse_slot(&at, slot) || !*at)
		return false;
	*whole = *at != '\\'; /* \N: no row came along */
	at += *whole ? 1 : 2;
	if (*at != '\t' && *at != '\n')
		return false;
	*line += at - start + (*at == '\t');
	return true;
}
