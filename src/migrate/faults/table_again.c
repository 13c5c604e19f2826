/* The chain's own statements about the table, from the one on that makes it, by whatever name. What moves rows is left
 * out: there are none. */
#include "migrate/faults/table_again.h"

#include <stdlib.h>

#include "base/memory.h"
#include "migrate/alter.h"
#include "migrate/chain/chain.h"
#include "migrate/sql_token.h"

static void collect(const struct db *db, const struct revision *last, struct strings *statements)
{
	for (int ordinal = 1; ordinal <= last->ordinal; ordinal++) {
		const char *after = chain_sql_after(db, revision_at(ordinal));
		sql_statements(chain_sql(db, revision_at(ordinal)), statements);
		if (after)
			sql_statements(after, statements);
	}
}

/* Whether the statement begins with these words and then this name; goes on behind it. */
static bool take(const char **at, const char *words, const char *perhaps, const char *name)
{
	if (!sql_take(at, words))
		return false;
	if (perhaps)
		sql_take(at, perhaps);
	AUTO(memory) char *named = sql_take_name(at);
	return text_equal(named, name);
}

static bool makes(const char *statement, const char *table)
{
	return take(&statement, "CREATE TABLE", "IF NOT EXISTS", table);
}

/* The table's next name where it is renamed (to be freed), or NULL. */
static char *renamed(const char *statement, const char *table)
{
	return take(&statement, "ALTER TABLE", NULL, table) && sql_take(&statement, "RENAME TO")
		       ? sql_take_name(&statement)
		       : NULL;
}

/* Its name before, where the statement gives it this one; to be freed. */
static char *named_before(const char *statement, const char *table)
{
	const char *at = statement;
	if (!sql_take(&at, "ALTER TABLE"))
		return NULL;
	char *before = sql_take_name(&at);
	AUTO(memory) char *after = renamed(statement, before);
	if (text_equal(after, table))
		return before;
	free(before);
	return NULL;
}

/* Where it is made that has the table's name in the end; *name, which is that name, becomes its first. */
static size_t first_of(const struct strings *statements, char **name)
{
	size_t place = statements->count;
	while (place-- > 0 && !makes(statements->items[place], *name)) {
		char *before = named_before(statements->items[place], *name);
		if (before) {
			free(*name);
			*name = before;
		}
	}
	return place;
}

/* Adds the index that the statement makes on the table. */
static bool makes_index(const char *statement, const char *table, struct strings *indexes)
{
	if (!sql_take(&statement, "CREATE INDEX") && !sql_take(&statement, "CREATE UNIQUE INDEX"))
		return false;
	sql_take(&statement, "IF NOT EXISTS");
	AUTO(memory) char *index = sql_take_name(&statement);
	if (!take(&statement, "ON", NULL, table))
		return false;
	strings_add(indexes, index);
	return true;
}

static bool drops_index(const char *statement, const struct strings *indexes)
{
	if (!sql_take(&statement, "DROP INDEX"))
		return false;
	sql_take(&statement, "IF EXISTS");
	AUTO(memory) char *index = sql_take_name(&statement);
	return strings_have(indexes, index);
}

static bool is_about(const char *statement, const char *table, struct strings *indexes)
{
	const char *at = statement;
	return take(&at, "ALTER TABLE", NULL, table) || makes_index(statement, table, indexes) ||
	       drops_index(statement, indexes);
}

fallible table_make_again(struct db *db, const char *table, const struct revision *revision)
{
	AUTO(strings) struct strings statements = {0}, indexes = {0};
	AUTO(memory) char *name = text_copy(table);
	AUTO(str) struct str script = {0};
	collect(db, revision, &statements);
	size_t place = first_of(&statements, &name);
	if (place >= statements.count)
		return error_new(ERR_FAILED, "no revision makes the table %s", table);
	str_add(&script, statements.items[place]);
	while (++place < statements.count) {
		const char *statement = statements.items[place];
		if (!is_about(statement, name, &indexes))
			continue;
		str_add_format(&script, ";\n%s", statement);
		char *next = renamed(statement, name);
		if (next) {
			free(name);
			name = next;
		}
	}
	return alter_script(db, str_text(&script));
}
