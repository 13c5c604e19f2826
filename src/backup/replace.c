#include "backup/replace.h"

#include <string.h>

#include "base/memory.h"
#include "migrate/catalogue.h"
#include "migrate/journal.h"
#include "migrate/kept.h"
#include "migrate/own.h"
#include "migrate/watch.h"

/* ---- whose table it is ---- */

struct known {
	const struct catalogue *of_snapshot, *of_database, *newest; /* NULL: it is the database of the vectors */
	const struct tables *copied; /* on the snapshot's engine, else NULL */
	enum family family;
};

static fallible expect(const char *id, const struct catalogue **expected, const struct catalogue **newest)
{
	const struct revision *revision = id ? revision_find(id) : NULL;
	if (id && !revision)
		return error_hint(error_new(ERR_FAILED, "this owctl does not know revision %s, nor which tables are "
						      "Open WebUI's there",
					    id),
				  "restore into another database, or use a newer owctl");
	return catalogue_expect(revision ? revision : revision_head(), expected, newest);
}

static fallible learn(struct db *db, const struct manifest *manifest, const struct database_copy *copy,
		      const struct catalogue *live, struct known *known)
{
	AUTO(strings) struct strings recorded = {0};
	known->copied = strcmp(copy->engine, db_pick(db, "sqlite", "postgresql")) ? NULL : &copy->tables;
	if (strcmp(copy->name, database_names[DATABASE_MAIN]) != 0)
		return NULL;
	if (catalogue_table(live, "alembic_version"))
		TRY(db_texts(db, "SELECT version_num FROM alembic_version", NULL, 0, &recorded));
	for (size_t i = 0; i < recorded.count; i++)
		TRY(expect(recorded.items[i], &known->of_database, &known->newest));
	if (!recorded.count)
		TRY(expect(NULL, &known->of_database, &known->newest));
	TRY(expect(manifest->revision, &known->of_snapshot, &known->newest));
	known->family = catalogue_family(live);
	return NULL;
}

static bool goes(const struct known *known, const char *table)
{
	static const char *const others[] = {"alembic_version", JOURNAL_TABLE, KEPT_TABLE};
	if (known->copied && tables_find(known->copied, table))
		return true;
	for (size_t i = 0; known->newest && i < COUNT(others); i++)
		if (!strcmp(table, others[i]))
			return true;
	return known->newest &&
	       (catalogue_table(known->of_database, table) ||
		catalogue_table(known->of_snapshot, table) || catalogue_table(known->newest, table) ||
		family_has_more(known->family, table, NULL));
}

/* ---- what is in the way ---- */

static void add_views(const struct catalogue *live, struct strings *in_the_way)
{
	for (size_t i = 0; i < live->others.count; i++)
		if (text_starts(live->others.items[i], "view ") ||
		    text_starts(live->others.items[i], "materialized view "))
			strings_add(in_the_way, live->others.items[i]);
}

static void add_foreign_keys(const struct table_shape *table, const struct strings *gone, struct strings *in_the_way)
{
	for (size_t i = 0; i < table->key_count; i++)
		if (table->keys[i].kind == KEY_FOREIGN && strings_have(gone, table->keys[i].parent))
			strings_add_taken(in_the_way, text_format("foreign key %s of table %s", table->keys[i].name,
								  table->name));
}

static fallible check_way(struct db *db, const struct catalogue *live, const struct strings *gone)
{
	AUTO(strings) struct strings in_the_way = {0};
	add_views(live, &in_the_way);
	for (size_t i = 0; db_can(db, DB_CAN_ENFORCE_FOREIGN_KEYS) && i < live->count; i++)
		if (!strings_have(gone, live->tables[i].name))
			add_foreign_keys(&live->tables[i], gone, &in_the_way);
	if (!in_the_way.count)
		return NULL;
	AUTO(memory) char *list = strings_join(&in_the_way, ", ");
	return error_hint(error_new(ERR_NO, "%s: the tables that are to be replaced are used by what is not Open "
					  "WebUI's: %s",
				    db_display(db), list),
			  "drop that first, and make it again when the restore is done");
}

/* ---- */

fallible replace_plan(struct db *db, const struct manifest *manifest, const struct database_copy *copy,
		      struct strings *gone)
{
	AUTO(catalogue) struct catalogue live = {0};
	struct known known = {0};
	TRY(catalogue_read(db, &live));
	TRY(learn(db, manifest, copy, &live, &known));
	for (size_t i = 0; i < live.count; i++)
		if (goes(&known, live.tables[i].name))
			strings_add(gone, live.tables[i].name);
	return check_way(db, &live, gone);
}

static bool is_on_any(const char *own, const struct strings *tables)
{
	for (size_t i = 0; i < tables->count; i++)
		if (own_is_on(own, tables->items[i]))
			return true;
	return false;
}

fallible replace_find_own(struct db *db, const struct strings *gone, struct strings *own)
{
	AUTO(strings) struct strings recorded = {0}, all = {0};
	if (strings_have(gone, "alembic_version"))
		TRY(db_texts(db, "SELECT version_num FROM alembic_version", NULL, 0, &recorded));
	const struct revision *revision = recorded.count == 1 ? revision_find(recorded.items[0]) : NULL;
	if (revision)
		TRY(own_find(db, revision, &all));
	for (size_t i = 0; i < all.count; i++)
		if (is_on_any(all.items[i], gone))
			strings_add(own, all.items[i]);
	return NULL;
}

/* One statement on PostgreSQL: they refer to each other. What else would go with them, stops it. */
fallible replace_drop(struct db *db, const struct strings *gone)
{
	AUTO(str) struct str sql = {0};
	bool watched;
	TRY(watch_is_open(db, &watched));
	if (watched)
		TRY(watch_forget(db));
	for (size_t i = 0; i < gone->count; i++) {
		str_add(&sql, i ? db_pick(db, ";\nDROP TABLE ", ", ") : "DROP TABLE ");
		db_add_identifier(&sql, gone->items[i]);
	}
	struct error *error = gone->count ? db_script(db, str_text(&sql)) : NULL;
	return error_wrap(error, "dropping the tables that are to be replaced");
}
