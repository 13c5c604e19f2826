/* SQLite databases in a scratch folder, for the tests of its driver. */
#ifndef UNIT_SCRATCH_SQLITE_H
#define UNIT_SCRATCH_SQLITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "db/db.h"

#define CLEAN __attribute__((unused)) void **state

static char folder[] = "/tmp/owctl-test-sqlite-XXXXXX";

static UNUSED char *path_of(const char *name)
{
	return text_format("%s/%s", folder, name);
}

static UNUSED fallible try_open(const char *name, struct db_options options, struct db **db)
{
	AUTO(memory) char *path = path_of(name);
	struct db_target target = {.engine = DB_SQLITE, .path = path, .display = path};
	return db_open(&target, &options, db);
}

static UNUSED struct db *create(const char *name)
{
	struct db *db = NULL;
	assert_null(try_open(name, (struct db_options){.create = true}, &db));
	return db;
}

/* The code of `error`, which must be one and have `words` in its text. */
static UNUSED enum error_code code_of(struct error *error, const char *words)
{
	assert_non_null(error);
	AUTO(memory) char *text = error_text(error);
	if (!strstr(text, words))
		fail_msg("\"%s\" does not say \"%s\"", text, words);
	enum error_code code = error->code;
	error_free(error);
	return code;
}

static UNUSED enum error_code code_of_hinted(struct error *error, const char *words)
{
	assert_non_null(error);
	assert_non_null(error_hint_text(error));
	return code_of(error, words);
}

static UNUSED struct db *with_table(const char *name)
{
	struct db *db = create(name);
	assert_null(db_begin(db, DB_WRITE));
	assert_null(db_script(db, "CREATE TABLE \"group\" (id TEXT PRIMARY KEY, value)"));
	return db;
}

/* Of the table that with_table makes. */
static UNUSED int64_t count_of(struct db *db)
{
	int64_t count;
	assert_null(db_single_integer(db, "SELECT count(*) FROM \"group\"", NULL, 0, &count));
	return count;
}

static UNUSED const char *const group_columns[] = {"id", "value"};

static UNUSED int make_folder(CLEAN)
{
	return mkdtemp(folder) ? 0 : -1;
}

static UNUSED int remove_folder(CLEAN)
{
	AUTO(memory) char *command = text_format("rm -r %s", folder);
	return system(command);
}

#endif
