#include "migrate/faults/step.h"

#include "base/memory.h"
#include "migrate/alter.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/sql_token.h"

/* ---- statements ---- */

/* ALTER TABLE x ADD COLUMN y: whether y is there. */
static fallible is_added(struct db *db, const char *statement, bool *added)
{
	*added = false;
	if (!sql_take(&statement, "ALTER TABLE"))
		return NULL;
	AUTO(memory) char *table = sql_take_name(&statement);
	if (!sql_take(&statement, "ADD COLUMN"))
		return NULL;
	AUTO(memory) char *column = sql_take_name(&statement);
	return db_column_exists(db, table, column, added);
}

static bool makes_index(const char *statement)
{
	return sql_take(&statement, "CREATE INDEX") || sql_take(&statement, "CREATE UNIQUE INDEX");
}

static fallible run_statement(struct db *db, const char *statement)
{
	static const char *const beginnings[] = {"CREATE TABLE", "CREATE INDEX", "CREATE UNIQUE INDEX"};
	bool added;
	for (size_t i = 0; i < COUNT(beginnings); i++) {
		const char *rest = statement;
		if (sql_take(&rest, beginnings[i]) && !sql_take(&rest, "IF NOT EXISTS")) {
			AUTO(memory) char *lenient = text_format("%s IF NOT EXISTS %s", beginnings[i], rest);
			return db_script(db, lenient);
		}
	}
	TRY(is_added(db, statement, &added));
	return added ? NULL : alter_script(db, statement);
}

static fallible run_statements(struct db *db, const char *sql, bool indexes_only)
{
	AUTO(strings) struct strings statements = {0};
	sql_statements(sql, &statements);
	for (size_t i = 0; i < statements.count; i++)
		if (!indexes_only || makes_index(statements.items[i]))
			TRY(run_statement(db, statements.items[i]));
	return NULL;
}

/* ---- revisions ---- */

static const char *last_sql_of(const struct db *db, const struct revision *revision)
{
	const char *sql = chain_sql_after(db, revision);
	return sql ? sql : "";
}

fallible step_run_sql(struct work *work, const struct revision *revision)
{
	const struct chain_code *code = chain_step(revision)->code;
	bool done = false;
	if (code && code->sql_is_done)
		TRY(code->sql_is_done(work->db, &done));
	return done ? NULL : run_statements(work->db, chain_sql(work->db, revision), false);
}

fallible step_make_last_indexes(struct work *work, const struct revision *revision)
{
	return run_statements(work->db, last_sql_of(work->db, revision), true);
}

/* Of the code nothing is kept of how far it is, so it is not to be committed in between. */
fallible step_run(struct work *work, const struct revision *revision)
{
	const struct chain_code *code = chain_step(revision)->code;
	struct work all = *work;
	all.whole = true;
	if (code && code->prepare)
		TRY(code->prepare(&all));
	TRY(step_run_sql(work, revision));
	if (code && code->run)
		TRY(code->run(&all));
	return alter_script(work->db, last_sql_of(work->db, revision));
}
