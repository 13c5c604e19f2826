#include "backup/after_steps.h"

#include <stdlib.h>
#include <string.h>

#include "backup/parts_script.h"
#include "base/memory.h"

static bool skip(const char **at, const char *word)
{
	size_t size = strlen(word);
	if (strncmp(*at, word, size) != 0)
		return false;
	*at += size;
	return true;
}

static void skip_name(const char **at)
{
	bool quoted = false;
	for (; **at && (quoted || **at != ' '); ++*at)
		if (**at == '"')
			quoted = !quoted;
}

static bool is_index(const char *statement)
{
	return skip(&statement, "CREATE INDEX ") || skip(&statement, "CREATE UNIQUE INDEX ");
}

/* *head is the size of what is the same for all keys of a table. A foreign key is none of these: it locks the table
 * that it refers to as well. */
static bool is_key(const char *statement, size_t *head)
{
	static const char *const kinds[] = {" PRIMARY KEY ", " UNIQUE ", " EXCLUDE ", " CHECK "};
	const char *at = statement;
	if (!skip(&at, "ALTER TABLE "))
		return false;
	skip_name(&at);
	if (!skip(&at, " ADD CONSTRAINT "))
		return false;
	*head = (size_t)(at - statement);
	skip_name(&at);
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (skip(&at, kinds[i]))
			return true;
	return false;
}

static const char *read_indexes(const char *at, struct after_steps *steps)
{
	for (const char *end; is_index(at) && (end = parts_script_next(at)); at = end)
		strings_add_taken(&steps->indexes, text_copy_n(at, (size_t)(end - at)));
	return at;
}

/* Those of a table are behind each other. */
static const char *read_keys(const char *at, struct after_steps *steps)
{
	size_t head, same;
	while (is_key(at, &head) && parts_script_next(at)) {
		AUTO(str) struct str script = {0};
		const char *first = at, *end;
		for (; is_key(at, &same) && same == head && !strncmp(at, first, head) && (end = parts_script_next(at));
		     at = end)
			str_add_n(&script, at, (size_t)(end - at));
		strings_add_taken(&steps->keys, str_take(&script));
	}
	return at;
}

void after_steps_read(const char *script, struct after_steps *steps)
{
	const char *at = read_indexes(script, steps);
	steps->rest = text_copy(read_keys(at, steps));
}

void after_steps_cleanup(struct after_steps *steps)
{
	strings_cleanup(&steps->indexes);
	strings_cleanup(&steps->keys);
	free(steps->rest);
}
