#include "backup/copying.h"

#include "backup/parts_script.h"
#include "base/memory.h"

static fallible read_shape(struct db *db, struct database_copy *copy)
{
	AUTO(db_parts) struct db_parts parts = {0};
	copy->engine = text_copy(db_pick(db, "sqlite", "postgresql"));
	copy->version = text_copy(db_server_version(db));
	TRY(db_pin_tables(db));
	TRY(tables_read(db, &copy->tables));
	TRY(db_parts_read(db, &parts));
	copy->before = parts_script(&parts, NULL, true);
	copy->after = parts_script(&parts, NULL, false);
	return NULL;
}

fallible copying_begin(struct copying *copying, const struct repository *repository,
		       const struct age_recipients *recipients)
{
	TRY(read_shape(copying->source->db, copying->copy));
	return row_history_learn(copying->source, repository, recipients, &copying->copy->tables, &copying->history);
}

fallible copying_expect(const struct copying *copying, struct progress *progress)
{
	struct db *db = copying->source->db;
	int64_t bytes = 0;
	if (!progress || copying->earlier)
		return NULL;
	TRY(db_single_integer(db,
			      db_pick(db, "select page_count * page_size from pragma_page_count, pragma_page_size",
				      "select coalesce(sum(pg_catalog.pg_table_size(c.oid)), 0)::bigint"
				      " from pg_catalog.pg_class c join pg_catalog.pg_namespace n"
				      " on n.oid = c.relnamespace where c.relkind = 'r'"
				      " and n.nspname = pg_catalog.current_schema()"),
			      NULL, 0, &bytes));
	progress_expect(progress, bytes > 0 ? (uint64_t)bytes : 0);
	return NULL;
}

/* The moment since which rows may be known, or NULL. */
static const struct db_moment *earlier_rows(const struct copying *copying)
{
	const struct db_moment *moment =
		copying->earlier ? earlier_moment(copying->earlier, copying->role) : NULL;
	return row_history_goes_on(&copying->history, moment) ? moment : NULL;
}

fallible copying_read(const struct copying *copying, struct pipeline *pipeline)
{
	const struct rows_context context = {
		.pipeline = pipeline,
		.tables = &copying->copy->tables,
		.now = row_history_moment(&copying->history),
		.earlier = earlier_rows(copying),
		.known = copying->earlier ? earlier_tables(copying->earlier, copying->role) : NULL,
		.tag_key = copying->history.key,
	};
	return rows_read(copying->source, &context);
}

void copying_count(const struct copying *copying, struct record *record)
{
	for (size_t i = 0; i < copying->copy->tables.count; i++) {
		struct table *table = &copying->copy->tables.items[i];
		table_settle(table);
		record->rows += table->rows;
		for (size_t number = 0; number < table->segment_count; number++)
			record->bytes += table->segments[number].bytes;
	}
}
