#include "migrate/chain/statements.h"

#include <string.h>

#include "base/memory.h"

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

void statements_of(const char *sql, struct strings *statements)
{
	AUTO(memory) char *text = without_comments(sql);
	AUTO(strings) struct strings parts = {0};
	strings_split(&parts, text, ';');
	for (size_t i = 0; i < parts.count; i++) {
		const char *statement = parts.items[i] + strspn(parts.items[i], "\n ");
		if (*statement)
			strings_add(statements, statement);
	}
}

const char *statement_behind(const char *text, const char *words)
{
	size_t size = strlen(words);
	return strncmp(text, words, size) == 0 ? text + size : NULL;
}

char *statement_name(const char **text)
{
	bool quoted = **text == '"';
	const char *start = *text + quoted;
	size_t size = strcspn(start, quoted ? "\"" : " (,;\n");
	*text = start + size + quoted;
	return text_copy_n(start, size);
}
