/* What of its owner's a pending revision takes the ground from. PostgreSQL would stop there, in the middle of the
 * chain; SQLite would leave a view that fails, and stop at the next table that gets another name. */
#include <stdlib.h>
#include <strings.h>

#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/own.h"
#include "migrate/sql_token.h"

static const char remedy[] = "note how it was made and what is in it, drop it, and make it again after the migration";

/* A table or column of Open WebUI that a revision removes, or makes another of. */
struct removal {
	const struct revision *revision;
	char *table, *column; /* column NULL: the whole table */
	bool key;             /* not a table but a key or index of one, which foreign keys of PostgreSQL rest on */
};

/* A view, trigger, policy or foreign key, and what it was made from. */
struct dependent {
	char *what;           /* "view own" */
	char *table, *column; /* what it needs; column NULL: of the table (or index) something */
	char *sql;            /* of SQLite, but for foreign keys: what made it; what it needs is looked for in that */
};

struct search {
	struct removal *removals;
	size_t removal_count;
	struct dependent *dependents;
	size_t dependent_count;
	struct strings own;
};

static void search_cleanup(struct search *search)
{
	for (size_t i = 0; i < search->removal_count; i++) {
		free(search->removals[i].table);
		free(search->removals[i].column);
	}
	for (size_t i = 0; i < search->dependent_count; i++) {
		free(search->dependents[i].what);
		free(search->dependents[i].table);
		free(search->dependents[i].column);
		free(search->dependents[i].sql);
	}
	free(search->removals);
	free(search->dependents);
	strings_cleanup(&search->own);
}

/* ---- what goes ---- */

/* Of an ALTER TABLE, behind the table's name: the column that is no longer what it was, or NULL. To be freed. */
static char *column_that_goes(const char *action)
{
	static const char *const goes[] = {"DROP COLUMN", "RENAME COLUMN"};
	for (size_t i = 0; i < COUNT(goes); i++)
		if (sql_take(&action, goes[i]))
			return sql_take_name(&action);
	if (!sql_take(&action, "ALTER COLUMN"))
		return NULL;
	char *name = sql_take_name(&action);
	if (sql_take(&action, "TYPE"))
		return name;
	free(name);
	return NULL;
}

/* Takes over its names. */
static void add_removal(struct search *search, struct removal removal)
{
	search->removals = mem_resize(search->removals, search->removal_count + 1, sizeof *search->removals);
	search->removals[search->removal_count++] = removal;
}

static void add_statement(struct search *search, const struct revision *revision, const char *statement)
{
	const char *at = statement;
	if (sql_take(&at, "DROP TABLE")) {
		add_removal(search, (struct removal){revision, sql_take_name(&at), NULL, false});
	} else if (sql_take(&at, "DROP INDEX IF EXISTS")) {
		add_removal(search, (struct removal){revision, sql_take_name(&at), NULL, true});
	} else if (sql_take(&at, "ALTER TABLE")) {
		AUTO(memory) char *table = sql_take_name(&at);
		char *column = column_that_goes(at);
		if (column)
			add_removal(search, (struct removal){revision, text_copy(table), column, false});
		else if (sql_take(&at, "DROP CONSTRAINT IF EXISTS"))
			add_removal(search, (struct removal){revision, sql_take_name(&at), NULL, true});
	}
}

static void add_sql(struct search *search, const struct revision *revision, const char *sql)
{
	AUTO(strings) struct strings statements = {0};
	sql_statements(sql, &statements);
	for (size_t i = 0; i < statements.count; i++)
		add_statement(search, revision, statements.items[i]);
}

static void find_removals(struct search *search, const struct db *db, const struct revision *revision)
{
	const struct chain_step *step = chain_step(revision);
	const char *after = step->code ? db_pick(db, step->code->after_sqlite, step->code->after_postgresql) : NULL;
	add_sql(search, revision, db_pick(db, step->sqlite_sql, step->postgresql_sql));
	if (after)
		add_sql(search, revision, after);
}

/* ---- what hangs on it ---- */

/* No foreign key of Open WebUI's own refers to what a revision removes. */
static const char sqlite_dependents[] =
	"select type || ' ' || name, null, null, sql from sqlite_master where type in ('view', 'trigger')"
	" union all select 'foreign key of ' || m.name, k.\"table\", k.\"to\", null from sqlite_master m"
	" join pragma_foreign_key_list(m.name) k where m.type = 'table' order by 1, 2, 3";
static const char postgresql_dependents[] =
	"select distinct case when v.oid is null then pg_catalog.pg_describe_object(d.classid, d.objid, 0)"
	" else 'view ' || v.relname end, t.relname, a.attname, null from pg_catalog.pg_depend d"
	" join pg_catalog.pg_class t on t.oid = d.refobjid"
	" join pg_catalog.pg_namespace n on n.oid = t.relnamespace and n.nspname = current_schema()"
	" left join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid and a.attnum > 0"
	" left join pg_catalog.pg_rewrite r on d.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = d.objid"
	" left join pg_catalog.pg_class v on v.oid = r.ev_class"
	" where d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype = 'n' and d.classid in"
	" ('pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_trigger'::regclass, 'pg_catalog.pg_policy'::regclass,"
	" 'pg_catalog.pg_constraint'::regclass) and not exists (select from pg_catalog.pg_constraint k"
	" where d.classid = k.tableoid and d.objid = k.oid and k.contype <> 'f')"
	" order by 1, 2, 3";

static fallible find_dependents(struct search *search, struct db *db)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct error *error = NULL;
	TRY(db_query(db, db_pick(db, sqlite_dependents, postgresql_dependents), NULL, 0, &rows));
	while (db_row(rows, &error)) {
		search->dependents =
			mem_resize(search->dependents, search->dependent_count + 1, sizeof *search->dependents);
		search->dependents[search->dependent_count++] =
			(struct dependent){.what = text_copy(db_cell_text(rows, 0)),
					   .table = text_copy(db_cell_text(rows, 1)),
					   .column = text_copy(db_cell_text(rows, 2)),
					   .sql = text_copy(db_cell_text(rows, 3))};
	}
	return error;
}

/* How often a statement names it. */
static int names(const char *sql, const char *word)
{
	int found = 0;
	for (struct sql_token token = sql_token_next(sql); token.kind != SQL_END; token = sql_token_next(token.end)) {
		AUTO(memory) char *name = sql_token_name(&token);
		found += !strcasecmp(name, word);
	}
	return found;
}

/* A column may be called as its table is: chat.chat. */
static bool names_column(const char *sql, const struct removal *removal)
{
	return names(sql, removal->column) > (strcasecmp(removal->table, removal->column) ? 0 : 1);
}

static bool needs(const struct dependent *dependent, const struct removal *removal)
{
	if (dependent->sql)
		return !removal->key && names(dependent->sql, removal->table) &&
		       (!removal->column || names_column(dependent->sql, removal));
	return text_equal(dependent->table, removal->table) &&
	       (!removal->column || text_equal(dependent->column, removal->column));
}

/* ---- */

static void add_dependents(struct blockers *blockers, const struct search *search, const struct removal *removal,
			   struct strings *told)
{
	for (size_t i = 0; i < search->dependent_count; i++) {
		const struct dependent *dependent = &search->dependents[i];
		if (!needs(dependent, removal) || strings_have(told, dependent->what))
			continue;
		strings_add(told, dependent->what);
		blockers_add(blockers, remedy, "%s needs %s%s%s as it was before", dependent->what, removal->table,
			     removal->column ? "." : "", removal->column ? removal->column : "");
	}
}

static void add_parts(struct blockers *blockers, const struct search *search, const struct removal *removal,
		      struct strings *told)
{
	for (size_t i = 0; i < search->own.count && !removal->column && !removal->key; i++) {
		const char *own = search->own.items[i];
		if (!own_is_on(own, removal->table) || strings_have(told, own))
			continue;
		strings_add(told, own);
		blockers_add(blockers, remedy, "%s would be lost: another table takes the place of %s", own,
			     removal->table);
	}
}

fallible own_find_blockers(struct blockers *blockers, const struct revision *from, const struct revision *to)
{
	struct db *db = blockers->installation->db;
	AUTO(search) struct search search = {0};
	AUTO(strings) struct strings told = {0};
	for (int ordinal = from->ordinal + 1; ordinal <= to->ordinal; ordinal++)
		find_removals(&search, db, revision_at(ordinal));
	if (!search.removal_count)
		return NULL;
	TRY(own_find(db, from, &search.own));
	TRY(find_dependents(&search, db));
	for (size_t i = 0; i < search.removal_count; i++) {
		blockers->revision = search.removals[i].revision;
		add_dependents(blockers, &search, &search.removals[i], &told);
		add_parts(blockers, &search, &search.removals[i], &told);
	}
	return NULL;
}
