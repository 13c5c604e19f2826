#include "migrate/alter.h"

#include <stdlib.h>

#include "base/memory.h"
#include "migrate/scratch.h"
#include "migrate/sql_token.h"
#include "migrate/table_text.h"

/* A table while changes of its text are gathered. */
struct alteration {
	struct db *db;
	char *table; /* as it is written in the database; NULL: none */
	struct table_text text;
};

static void alteration_cleanup(struct alteration *alteration)
{
	free(alteration->table);
	table_text_cleanup(&alteration->text);
	alteration->table = NULL;
}

static char *quoted(const char *name)
{
	AUTO(str) struct str sql = {0};
	db_add_identifier(&sql, name);
	return str_take(&sql);
}

/* ---- making a table anew ---- */

/* Generated columns make themselves. */
static fallible move_rows(struct db *db, const char *table, const char *scratch)
{
	AUTO(strings) struct strings columns = {0};
	const struct db_value names[] = {db_text(table), db_text(scratch)};
	TRY(db_texts(db,
		       "select name from pragma_table_xinfo($2) where hidden = 0 and name collate nocase in"
		       " (select name from pragma_table_xinfo($1) where hidden = 0)",
		       names, COUNT(names), &columns));
	AUTO(str) struct str list = {0};
	for (size_t i = 0; i < columns.count; i++) {
		str_add(&list, i ? ", " : "");
		db_add_identifier(&list, columns.items[i]);
	}
	AUTO(memory) char *from = quoted(table), *to = quoted(scratch);
	AUTO(memory)
	char *sql = text_format("insert into %s (%s) select %s from %s", to, str_text(&list), str_text(&list), from);
	return db_run(db, sql, NULL, 0, NULL);
}

static fallible make_anew(struct db *db, const char *table, const struct table_text *text)
{
	AUTO(memory) char *scratch = text_format("_alembic_tmp_%s", table);
	AUTO(memory) char *place = quoted(scratch);
	AUTO(memory) char *made = table_text_write(text, place);
	AUTO(memory) char *sql = text_format("drop table if exists %s; %s", place, made);
	TRY(db_script(db, sql));
	TRY(move_rows(db, table, scratch));
	return scratch_swap(db, table, scratch);
}

static fallible finish(struct alteration *alteration)
{
	struct error *error = NULL;
	if (alteration->table)
		error = error_wrap(make_anew(alteration->db, alteration->table, &alteration->text), "table %s",
				   alteration->table);
	alteration_cleanup(alteration);
	return error;
}

static bool is_at(const struct alteration *alteration, const char *table)
{
	return alteration->table && text_equal(alteration->table, table);
}

static fallible begin(struct alteration *alteration, const char *table)
{
	bool found;
	struct db_value name = db_text(table);
	AUTO(memory) char *sql = NULL;
	if (is_at(alteration, table))
		return NULL;
	TRY(finish(alteration));
	TRY(db_single_text(alteration->db, "select sql from sqlite_master where type = 'table' and name = $1", &name, 1,
			   &found, &sql));
	if (!found)
		return error_new(ERR_FAILED, "no such table: %s", table);
	if (!table_text_read(&alteration->text, sql))
		return error_new(ERR_FAILED, "the text that made the table \"%s\" can't be read", table);
	alteration->table = text_copy(table);
	return NULL;
}

/* ---- the actions: `at` is what follows their words ---- */

static fallible lacks(const struct alteration *alteration, const char *what, const char *name)
{
	return error_new(ERR_FAILED, "the table \"%s\" has no %s \"%s\"", alteration->table, what, name);
}

static fallible add_column(struct alteration *alteration, const char *at)
{
	table_text_add(&alteration->text, sql_token_next(at).start);
	return NULL;
}

static fallible add_constraint(struct alteration *alteration, const char *at)
{
	AUTO(memory) char *definition = text_format("CONSTRAINT %s", sql_token_next(at).start);
	table_text_add(&alteration->text, definition);
	return NULL;
}

static fallible drop_constraint(struct alteration *alteration, const char *at)
{
	bool may_lack = sql_take(&at, "IF EXISTS");
	AUTO(memory) char *name = sql_take_name(&at);
	bool dropped = table_text_drop_constraint(&alteration->text, name);
	return dropped || may_lack ? NULL : lacks(alteration, "constraint", name);
}

static const char index_names[] = "select i.name from pragma_index_list($1) i, pragma_index_info(i.name) c"
				  " where i.origin = 'c' and c.name = $2 collate nocase";

static fallible drop_column(struct alteration *alteration, const char *at)
{
	AUTO(memory) char *column = sql_take_name(&at);
	AUTO(strings) struct strings indexes = {0};
	const struct db_value names[] = {db_text(alteration->table), db_text(column)};
	TRY(db_texts(alteration->db, index_names, names, COUNT(names), &indexes));
	for (size_t i = 0; i < indexes.count; i++) {
		AUTO(memory) char *index = quoted(indexes.items[i]);
		AUTO(memory) char *sql = text_format("drop index %s", index);
		TRY(db_script(alteration->db, sql));
	}
	return table_text_drop_column(&alteration->text, column) ? NULL : lacks(alteration, "column", column);
}

static char *type_of(const char *at)
{
	const char *start = sql_token_next(at).start, *end = start;
	struct sql_token token = sql_token_next(at);
	for (; token.kind != SQL_END && !sql_token_is(&token, "USING"); token = sql_token_next(token.end))
		end = token.end;
	return text_copy_n(start, (size_t)(end - start));
}

static fallible alter_column(struct alteration *alteration, const char *at)
{
	struct table_text *text = &alteration->text;
	AUTO(memory) char *column = sql_take_name(&at);
	bool found;
	if (sql_take(&at, "TYPE")) {
		AUTO(memory) char *type = type_of(at);
		found = table_text_set_type(text, column, type);
	} else if (sql_take(&at, "DROP NOT NULL")) {
		found = table_text_set_clause(text, column, "NOT", NULL);
	} else if (sql_take(&at, "SET NOT NULL")) {
		found = table_text_set_clause(text, column, "NOT", "NOT NULL");
	} else if (sql_take(&at, "DROP DEFAULT")) {
		found = table_text_set_clause(text, column, "DEFAULT", NULL);
	} else {
		if (!sql_take(&at, "SET DEFAULT"))
			return error_new(ERR_FAILED, "ALTER COLUMN %s can't be understood", column);
		AUTO(memory) char *clause = text_format("DEFAULT %s", sql_token_next(at).start);
		found = table_text_set_clause(text, column, "DEFAULT", clause);
	}
	return found ? NULL : lacks(alteration, "column", column);
}

/* ---- statements ---- */

/* SQLite adds any column, and drops one that is part of no key, constraint or index. */
static fallible can_itself(struct db *db, const char *table, const char *at, bool adds, bool *can)
{
	int64_t parts;
	AUTO(memory) char *column = sql_take_name(&at);
	const struct db_value names[] = {db_text(table), db_text(column)};
	*can = true;
	if (adds)
		return NULL;
	TRY(db_single_integer(db,
			      "select (select count(*) from pragma_index_list($1) i, pragma_index_info(i.name) c"
			      " where c.name = $2 collate nocase)"
			      " + (select count(*) from pragma_table_info($1) where pk and name = $2 collate nocase)"
			      " + (select count(*) from pragma_foreign_key_list($1)"
			      " where \"from\" = $2 collate nocase)",
			      names, COUNT(names), &parts));
	*can = !parts;
	return NULL;
}

static const struct action {
	const char *words;
	fallible (*make)(struct alteration *alteration, const char *at);
	bool of_sqlite; /* can be left to SQLite, if not always */
} actions[] = {
	{"ADD CONSTRAINT", add_constraint, false}, {"DROP CONSTRAINT", drop_constraint, false},
	{"ALTER COLUMN", alter_column, false},     {"ADD COLUMN", add_column, true},
	{"DROP COLUMN", drop_column, true},
};

/* NULL: not a change that is made here. Moves *at past its words. */
static const struct action *find_action(const char **at, char **table)
{
	if (!sql_take(at, "ALTER TABLE"))
		return NULL;
	*table = sql_take_name(at);
	for (size_t i = 0; i < COUNT(actions); i++)
		if (sql_take(at, actions[i].words))
			return &actions[i];
	return NULL;
}

static fallible run_statement(struct alteration *alteration, const char *statement)
{
	const char *at = statement;
	AUTO(memory) char *table = NULL;
	const struct action *action = find_action(&at, &table);
	bool leave = !action;
	if (action && action->of_sqlite && !is_at(alteration, table))
		TRY(can_itself(alteration->db, table, at, action->make == add_column, &leave));
	if (leave) {
		TRY(finish(alteration));
		return db_script(alteration->db, statement);
	}
	TRY(begin(alteration, table));
	return action->make(alteration, at);
}

static fallible run_all(struct alteration *alteration, const char *sql)
{
	AUTO(strings) struct strings statements = {0};
	sql_statements(sql, &statements);
	for (size_t i = 0; i < statements.count; i++)
		TRY(run_statement(alteration, statements.items[i]));
	return finish(alteration);
}

fallible alter_script(struct db *db, const char *sql)
{
	if (db_can(db, DB_CAN_ALTER_TABLES))
		return db_script(db, sql);
	AUTO(alteration) struct alteration alteration = {.db = db};
	return run_all(&alteration, sql);
}
