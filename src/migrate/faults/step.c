#include "migrate/faults/step.h"

#include <string.h>

#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"

/* ---- statements ---- */

static char *without_comments(const char *sql)
{
	AUTO(str) struct str text = {0};
	while (*sql) {
		size_t size = strcspn(sql, "\n");
		if (strncmp(sql, "--", 2) != 0)
			str_add_n(&text, sql, size);
		str_add_char(&text, '\n');
		sql += size + (sql[size] != '\0');
	}
	return str_take(&text);
}

/* What stands behind the words, if the statement begins with them; else NULL. */
static const char *behind(const char *statement, const char *words)
{
	size_t size = strlen(words);
	return strncmp(statement, words, size) == 0 ? statement + size : NULL;
}

/* A name at the beginning of a text, and where it ends. */
static char *name_at(const char **text)
{
	bool quoted = **text == '"';
	const char *start = *text + quoted;
	size_t size = strcspn(start, quoted ? "\"" : " (,;\n");
	*text = start + size + quoted;
	return text_copy_n(start, size);
}

/* ALTER TABLE x ADD COLUMN y: whether y is there. */
static fallible is_added(struct db *db, const char *statement, bool *added)
{
	const char *rest = behind(statement, "ALTER TABLE ");
	*added = false;
	if (!rest)
		return NULL;
	AUTO(memory) char *table = name_at(&rest);
	rest = behind(rest, " ADD COLUMN ");
	if (!rest)
		return NULL;
	AUTO(memory) char *column = name_at(&rest);
	return db_column_exists(db, table, column, added);
}

static bool makes_index(const char *statement)
{
	return behind(statement, "CREATE INDEX ") || behind(statement, "CREATE UNIQUE INDEX ");
}

static fallible run_statement(struct db *db, const char *statement)
{
	static const char *const beginnings[] = {"CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX "};
	bool added;
	for (size_t i = 0; i < COUNT(beginnings); i++) {
		const char *rest = behind(statement, beginnings[i]);
		if (rest && !text_starts(rest, "IF NOT EXISTS ")) {
			AUTO(memory) char *lenient = text_format("%sIF NOT EXISTS %s", beginnings[i], rest);
			return db_script(db, lenient);
		}
	}
	TRY(is_added(db, statement, &added));
	return added ? NULL : db_script(db, statement);
}

/* The chain's texts have no semicolon but at the end of a statement. */
static fallible run_statements(struct db *db, const char *sql, bool indexes_only)
{
	AUTO(memory) char *text = without_comments(sql);
	AUTO(strings) struct strings statements = {0};
	strings_split(&statements, text, ';');
	for (size_t i = 0; i < statements.count; i++) {
		const char *statement = statements.items[i] + strspn(statements.items[i], "\n ");
		if (*statement && (!indexes_only || makes_index(statement)))
			TRY(run_statement(db, statement));
	}
	return NULL;
}

/* ---- revisions ---- */

static const char *sql_of(const struct db *db, const struct revision *revision)
{
	const struct chain_step *step = chain_step(revision);
	return db_pick(db, step->sqlite_sql, step->postgresql_sql);
}

static const char *last_sql_of(const struct db *db, const struct revision *revision)
{
	const struct chain_code *code = chain_step(revision)->code;
	const char *sql = code ? db_pick(db, code->after_sqlite, code->after_postgresql) : NULL;
	return sql ? sql : "";
}

fallible step_run_sql(struct work *work, const struct revision *revision)
{
	const struct chain_code *code = chain_step(revision)->code;
	bool done = false;
	if (code && code->sql_is_done)
		TRY(code->sql_is_done(work->db, &done));
	return done ? NULL : run_statements(work->db, sql_of(work->db, revision), false);
}

fallible step_make_last_indexes(struct work *work, const struct revision *revision)
{
	return run_statements(work->db, last_sql_of(work->db, revision), true);
}

/* Of the code nothing is kept of how far it is, so it is not to be committed in between. */
fallible step_run(struct work *work, const struct revision *revision)
{
	const struct chain_code *code = chain_step(revision)->code;
	struct work whole = *work;
	whole.commit_ms = INT64_MAX;
	if (code && code->prepare)
		TRY(code->prepare(&whole));
	TRY(step_run_sql(work, revision));
	if (code && code->run)
		TRY(code->run(&whole));
	return db_script(work->db, last_sql_of(work->db, revision));
}

bool step_rebuilds(const struct db *db, const struct revision *revision)
{
	return strstr(sql_of(db, revision), "_alembic_tmp_") != NULL;
}

fallible step_record(struct work *work, const struct revision *revision)
{
	int64_t changed;
	struct db_value id = db_text(revision->id);
	TRY(db_run(work->db, "update alembic_version set version_num = $1", &id, 1, &changed));
	return changed == 1 ? NULL : error_new(ERR_BUSY, "somebody else changes what is recorded");
}
