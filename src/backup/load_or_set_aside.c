/* The engine itself says what it does not take: where it refuses lines, half of them are tried, down to a single one,
 * and twice as many after each success. So a row that is refused costs some dozen statements, and none costs one. */
#include <string.h>

#include "backup/set_aside.h"

static size_t size_of_lines(const char *lines, size_t size, size_t count)
{
	const char *at = lines, *end = lines + size;
	for (; count && at < end; count--)
		at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
	return (size_t)(at - lines);
}

static size_t count_lines(const char *lines, size_t size)
{
	size_t count = 0;
	for (const char *at = lines, *end = lines + size; at < end; count++)
		at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
	return count;
}

static const char *innermost(const struct error *error)
{
	while (error->cause)
		error = error->cause;
	return error->message;
}

static fallible set_line_aside(const struct table *table, const char *line, size_t size, const struct error *why,
			       struct set_aside *aside, struct rows_loaded *loaded)
{
	struct line_sum sum = {0};
	if (loaded->forms)
		line_sum_add_forms(&sum, line, size, loaded->forms, table->columns.count);
	loaded->sum.lines -= sum.lines;
	loaded->sum.sum -= sum.sum;
	return set_aside_row(aside, table, line, size, innermost(why));
}

fallible lines_load_or_set_aside(const struct rows_target *target, const struct table *table, const char *lines,
				 size_t size, struct rows_loaded *loaded)
{
	size_t most = SIZE_MAX;
	for (size_t at = 0, part; at < size; at += part) {
		AUTO(error) struct error *refused = NULL;
		part = most == SIZE_MAX ? size - at : size_of_lines(lines + at, size - at, most);
		TRY(db_load_if_taken(target->db, rows_into(target, table), (const char *const *)table->columns.items,
				     table->columns.count, lines + at, part, &refused));
		size_t count = most == SIZE_MAX && !refused ? SIZE_MAX : count_lines(lines + at, part);
		if (refused && count > 1) {
			most = count / 2;
			part = 0;
		} else if (refused) {
			most = 1;
			TRY(set_line_aside(table, lines + at, part, refused, target->aside, loaded));
		} else {
			most = count > SIZE_MAX / 2 ? SIZE_MAX : 2 * count;
		}
	}
	return NULL;
}
