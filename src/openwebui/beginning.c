#include "openwebui/beginning.h"

#include "base/memory.h"

#define LONGEST 500 /* letters */

/* The engine makes both sides lower case, as the lists do. */
static char *condition(const struct installation *installation, const char *name)
{
	const char *lower = db_lower(installation->db);
	return text_format("%s(%s) like %s($1) escape '\\' and length(%s) <= %d", lower, name, lower, name, LONGEST);
}

static fallible add_names(struct installation *installation, const char *sql, const char *pattern,
			  struct strings *names)
{
	struct db_value parameter = db_text(pattern);
	AUTO(db_rows) struct db_rows *rows = NULL;
	struct error *error = NULL;
	TRY(db_query(installation->db, sql, &parameter, 1, &rows));
	while (db_row(rows, &error))
		if (db_cell_text(rows, 0))
			strings_add(names, db_cell_text(rows, 0));
	return error;
}

/* `table` and `column` are ours. */
static fallible beginning(struct installation *installation, const char *table, const char *column, const char *prefix,
			  size_t most, struct strings *names)
{
	const char *bytes = db_pick(installation->db, "", " collate \"C\"");
	AUTO(memory) char *matches = condition(installation, column);
	AUTO(str) struct str pattern = {0};
	AUTO(memory) char *first = text_format("select %s from \"%s\" where %s order by %s%s limit %zu", column, table,
					       matches, column, bytes, most);
	AUTO(memory) char *last = text_format("select %s from \"%s\" where %s order by %s%s desc limit 1", column,
					      table, matches, column, bytes);
	db_add_like(&pattern, prefix);
	str_add_char(&pattern, '%');
	TRY(add_names(installation, first, str_text(&pattern), names));
	if (names->count < most)
		return NULL;
	AUTO(strings) struct strings end = {0};
	TRY(add_names(installation, last, str_text(&pattern), &end));
	if (end.count && !strings_have(names, end.items[0]))
		strings_add(names, end.items[0]);
	return NULL;
}

fallible users_beginning(struct installation *installation, const char *prefix, size_t most, struct strings *addresses)
{
	return beginning(installation, "user", "email", prefix, most, addresses);
}

fallible groups_beginning(struct installation *installation, const char *prefix, size_t most, struct strings *names)
{
	return beginning(installation, "group", "name", prefix, most, names);
}
