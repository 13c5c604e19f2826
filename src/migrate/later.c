#include "migrate/later.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "migrate/alter.h"
#include "migrate/chain/chain.h"
#include "migrate/patience.h"
#include "migrate/sql_token.h"

/* With its long values, which the expression of an index may read; of less than that all is read in a moment. */
#define LARGE_BYTES (32 << 20)

/* ---- statements ---- */

struct statement {
	bool unique;
	char *index; /* CREATE INDEX; NULL: it is ALTER TABLE .. ADD .. FOREIGN KEY */
	char *table, *parent;
	const char *rest; /* of CREATE INDEX, behind ON */
};

static void statement_cleanup(struct statement *statement)
{
	free(statement->index);
	free(statement->table);
	free(statement->parent);
}

static bool read_index(const char *at, struct statement *statement)
{
	statement->unique = sql_take(&at, "CREATE UNIQUE INDEX");
	if (!statement->unique && !sql_take(&at, "CREATE INDEX"))
		return false;
	sql_take(&at, "IF NOT EXISTS");
	statement->index = sql_take_name(&at);
	if (!sql_take(&at, "ON"))
		return false;
	statement->rest = at;
	statement->table = sql_take_name(&at);
	return true;
}

static bool read_foreign_key(const char *at, struct statement *statement)
{
	if (!sql_take(&at, "ALTER TABLE"))
		return false;
	statement->table = sql_take_name(&at);
	if (!sql_take(&at, "ADD"))
		return false;
	if (sql_take(&at, "CONSTRAINT"))
		free(sql_take_name(&at));
	if (!sql_take(&at, "FOREIGN KEY"))
		return false;
	struct sql_token token = sql_token_next(at);
	while (token.kind != SQL_END && !sql_token_is(&token, "REFERENCES"))
		token = sql_token_next(token.end);
	statement->parent = sql_take_name(&token.end);
	return true;
}

/* The statements of the revision, those that run before the rows and those that run after. */
static void read_all(const struct work *work, struct strings *statements)
{
	const char *after = chain_sql_after(work->db, work->revision);
	sql_statements(chain_sql(work->db, work->revision), statements);
	if (after)
		sql_statements(after, statements);
}

/* ---- what is left ---- */

fallible later_is_large(struct db *db, const char *table, bool *large)
{
	int64_t bytes;
	struct db_value name = db_text(table);
	TRY(db_single_integer(db, "select coalesce(pg_table_size(to_regclass(quote_ident($1))), 0)", &name, 1, &bytes));
	*large = bytes >= LARGE_BYTES;
	return NULL;
}

/* A table that this revision makes is nobody else's yet. */
static bool is_new(const struct strings *statements, const char *table)
{
	for (size_t i = 0; i < statements->count; i++) {
		const char *at = statements->items[i];
		if (!sql_take(&at, "CREATE TABLE"))
			continue;
		sql_take(&at, "IF NOT EXISTS");
		AUTO(memory) char *name = sql_take_name(&at);
		if (text_equal(name, table))
			return true;
	}
	return false;
}

/* Runs of a statement what is not left for later. */
static fallible run_now(struct work *work, const struct strings *all, const char *text)
{
	AUTO(statement) struct statement index = {0}, key = {0};
	bool large_index = false, large_key = false;
	if (read_index(text, &index) && !is_new(all, index.table))
		TRY(later_is_large(work->db, index.table, &large_index));
	else if (read_foreign_key(text, &key))
		TRY(later_is_large(work->db, key.parent, &large_key));
	work->later |= large_index || large_key;
	if (large_index)
		return NULL;
	AUTO(memory) char *sql = text_format("%s%s", text, large_key ? " NOT VALID" : "");
	return alter_script(work->db, sql);
}

fallible later_script(struct work *work, const char *sql)
{
	if (!work->run->manner.online || !db_can(work->db, DB_CAN_ALTER_TABLES))
		return alter_script(work->db, sql);
	AUTO(strings) struct strings all = {0}, statements = {0};
	read_all(work, &all);
	sql_statements(sql, &statements);
	for (size_t i = 0; i < statements.count; i++)
		TRY(run_now(work, &all, statements.items[i]));
	return NULL;
}

/* ---- doing it ---- */

/* *state: NULL, it is not there; "valid"; "begun", and never got to its end. To be freed. */
static fallible index_state(struct db *db, const char *index, char **state)
{
	bool found;
	struct db_value name = db_text(index);
	TRY(db_begin(db, DB_READ));
	TRY(db_single_text(db,
			   "select case when indisvalid then 'valid' else 'begun' end from pg_catalog.pg_index"
			   " where indexrelid = to_regclass(quote_ident($1))",
			   &name, 1, &found, state));
	db_rollback(db);
	return NULL;
}

static fallible drop_index(struct db *db, const char *name)
{
	AUTO(str) struct str sql = {0};
	str_add(&sql, "DROP INDEX CONCURRENTLY IF EXISTS ");
	db_add_identifier(&sql, name);
	return db_alone(db, str_text(&sql), DB_WORKS_LONG);
}

/* One that could not be made stays, and would refuse rows if it is unique. */
static fallible make_index(struct db *db, const struct statement *statement)
{
	AUTO(memory) char *state = NULL;
	AUTO(str) struct str sql = {0};
	TRY(index_state(db, statement->index, &state));
	if (text_equal(state, "valid"))
		return NULL;
	if (state)
		TRY(drop_index(db, statement->index));
	str_add_format(&sql, "CREATE %sINDEX CONCURRENTLY ", statement->unique ? "UNIQUE " : "");
	db_add_identifier(&sql, statement->index);
	str_add_format(&sql, " ON %s", statement->rest);
	log_note("making the index %s of %s, while others go on", statement->index, statement->table);
	struct error *error = db_alone(db, str_text(&sql), DB_WORKS_LONG);
	if (!error)
		return NULL;
	if (!db_was_blocked(db)) /* else it is made again, and dropped then */
		error = error_first(error, drop_index(db, statement->index));
	return error_wrap(error, "index %s", statement->index);
}

/* An owner's own constraint that refers to another table is left as it is. */
static fallible validate(struct db *db, const char *table, const char *parent)
{
	AUTO(strings) struct strings names = {0};
	const struct db_value parameters[] = {db_text(table), db_text(parent)};
	TRY(db_begin(db, DB_WRITE));
	TRY(db_texts(db,
		     "select conname from pg_catalog.pg_constraint where contype = 'f' and not convalidated"
		     " and conrelid = to_regclass(quote_ident($1)) and confrelid = to_regclass(quote_ident($2))",
		     parameters, COUNT(parameters), &names));
	for (size_t i = 0; i < names.count; i++) {
		AUTO(str) struct str sql = {0};
		str_add(&sql, "ALTER TABLE ");
		db_add_identifier(&sql, table);
		str_add(&sql, " VALIDATE CONSTRAINT ");
		db_add_identifier(&sql, names.items[i]);
		TRY(db_script(db, str_text(&sql)));
	}
	return db_commit(db);
}

static fallible do_all(struct work *work)
{
	AUTO(strings) struct strings statements = {0};
	read_all(work, &statements);
	for (size_t i = 0; i < statements.count; i++) {
		AUTO(statement) struct statement index = {0}, key = {0};
		if (read_index(statements.items[i], &index))
			TRY(make_index(work->db, &index));
		else if (read_foreign_key(statements.items[i], &key))
			TRY(validate(work->db, key.table, key.parent));
	}
	return NULL;
}

fallible later_do(struct work *work)
{
	TRY(db_commit(work->db));
	work->got_on |= work->later; /* it came to this just now */
	const int64_t wait_s = work->run->manner.lock_wait_s;
	db_limit_lock_wait(work->db, wait_s > PATIENCE_TRY_S ? wait_s : PATIENCE_TRY_S);
	struct error *error = do_all(work);
	db_limit_lock_wait(work->db, PATIENCE_TRY_S);
	if (error)
		return error;
	work->got_on = true;
	return db_begin(work->db, DB_WRITE);
}
