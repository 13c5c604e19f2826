#include "migrate/mark.h"

#include "base/memory.h"

static bool has_comments(const struct db *db)
{
	return db_can(db, DB_CAN_ALTER_TABLES);
}

static char *text_of(const struct revision *revision, int64_t started_at)
{
	return text_format("owctl_migration: %s, %lld", revision->id, (long long)started_at);
}

fallible mark_write(struct db *db, const struct revision *revision, int64_t started_at)
{
	AUTO(memory) char *mark = text_of(revision, started_at);
	AUTO(memory) char *sql = text_format("COMMENT ON TABLE alembic_version IS '%s'", mark);
	return has_comments(db) ? db_script(db, sql) : NULL;
}

fallible mark_clear(struct db *db)
{
	return has_comments(db) ? db_script(db, "COMMENT ON TABLE alembic_version IS NULL") : NULL;
}

fallible mark_stands(struct db *db, const struct revision *revision, int64_t started_at, bool *stands)
{
	int64_t count = 1;
	AUTO(memory) char *mark = text_of(revision, started_at);
	struct db_value value = db_text(mark);
	if (has_comments(db))
		TRY(db_single_integer(db,
				      "select count(*) from pg_catalog.pg_description"
				      " where objoid = to_regclass('alembic_version') and objsubid = 0"
				      " and classoid = 'pg_catalog.pg_class'::regclass and description = $1",
				      &value, 1, &count));
	*stands = count;
	return NULL;
}
