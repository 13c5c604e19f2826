#include "backup/file_paths.h"

#include <string.h>

#include "base/memory.h"

static fallible move(struct db *db, const char *table, const char *before, const char *now, int64_t *changed)
{
	AUTO(memory) char *sql = text_format(
		"UPDATE %s SET path = CAST($2 AS text) || substr(path, length(CAST($1 AS text)) + 1)"
		" WHERE substr(path, 1, length(CAST($1 AS text))) = CAST($1 AS text)",
		table);
	const struct db_value values[] = {db_text(before), db_text(now)};
	return db_run(db, sql, values, COUNT(values), changed);
}

fallible file_paths_move(struct db *db, const char *table, const json_t *before, const char *now, int64_t *changed)
{
	bool has_paths;
	*changed = 0;
	TRY(db_column_exists(db, "file", "path", &has_paths));
	for (size_t i = 0; has_paths && i < json_array_size(before); i++) {
		const char *path = json_string_value(json_array_get(before, i));
		int64_t moved = 0;
		if (!path || !*path || !strcmp(path, now))
			continue;
		TRY(error_wrap(move(db, table, path, now, &moved), "writing the paths of files"));
		*changed += moved;
	}
	return NULL;
}
