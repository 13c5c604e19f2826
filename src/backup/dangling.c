#include "backup/dangling.h"

#include "backup/orphans.h"
#include "base/memory.h"

#define MOST_NAMED 5

void dangling_cleanup(struct dangling *dangling)
{
	strings_cleanup(&dangling->before);
	strings_cleanup(&dangling->again);
}

/* ---- what leads nowhere ---- */

static fallible find_values(struct db *db, const char *table, const struct key_shape *key, struct strings *found)
{
	AUTO(strings) struct strings values = {0};
	AUTO(memory) char *columns = strings_join(&key->columns, ", ");
	AUTO(str) struct str sql = {0};
	str_add(&sql, "SELECT DISTINCT ");
	for (size_t i = 0; i < key->columns.count; i++) {
		str_add(&sql, i ? " || ', ' || CAST(" : "CAST(");
		db_add_identifier(&sql, key->columns.items[i]);
		str_add(&sql, " AS text)");
	}
	str_add(&sql, " FROM ");
	db_add_identifier(&sql, table);
	orphans_add_condition(&sql, table, key);
	TRY(db_texts(db, str_text(&sql), NULL, 0, &values));
	for (size_t i = 0; i < values.count; i++)
		strings_add_taken(found, text_format("table %s, %s %s: no such row in %s", table, columns,
						     values.items[i], key->parent));
	return NULL;
}

static bool concerns(const struct tables *tables, const struct table_shape *table, const struct key_shape *key)
{
	return key->kind == KEY_FOREIGN && (tables_find(tables, table->name) || tables_find(tables, key->parent));
}

static fallible find_all(struct db *db, const struct tables *tables, const struct catalogue *live,
			 struct strings *found)
{
	for (size_t i = 0; i < live->count; i++)
		for (size_t k = 0; k < live->tables[i].key_count; k++)
			if (concerns(tables, &live->tables[i], &live->tables[i].keys[k]))
				TRY(find_values(db, live->tables[i].name, &live->tables[i].keys[k], found));
	strings_sort(found);
	return NULL;
}

/* ---- keys that the engine enforces ---- */

/* Also those of tables in other schemas. */
static const char keys_of_table[] =
	" FROM pg_catalog.pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0 AND"
	" (SELECT c.oid FROM pg_catalog.pg_class c WHERE c.relname = $1 AND c.relkind = 'r' AND"
	" c.relnamespace = current_schema()::regnamespace) IN (k.conrelid, k.confrelid) ORDER BY k.oid";

static fallible read_keys(struct db *db, const struct tables *tables, const char *what, struct strings *statements)
{
	AUTO(memory) char *query = text_format("SELECT pg_catalog.format(%s)%s", what, keys_of_table);
	for (size_t i = 0; i < tables->count; i++) {
		const struct db_value name = db_text(tables->items[i].name);
		AUTO(strings) struct strings found = {0};
		TRY(db_texts(db, query, &name, 1, &found));
		for (size_t k = 0; k < found.count; k++)
			if (!strings_have(statements, found.items[k]))
				strings_add(statements, found.items[k]);
	}
	return NULL;
}

static fallible take_keys(struct db *db, const struct tables *tables, struct strings *again)
{
	AUTO(strings) struct strings drops = {0};
	TRY(read_keys(db, tables, "'ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname", &drops));
	TRY(read_keys(db, tables,
		      "'ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname,"
		      " pg_catalog.pg_get_constraintdef(k.oid)",
		      again));
	for (size_t i = 0; i < drops.count; i++)
		TRY(db_script(db, drops.items[i]));
	return NULL;
}

/* ---- */

fallible dangling_begin(struct db *db, const struct tables *tables, const struct catalogue *live,
			struct dangling *dangling)
{
	dangling->live = live;
	TRY(find_all(db, tables, live, &dangling->before));
	return db_can(db, DB_CAN_ENFORCE_FOREIGN_KEYS) ? take_keys(db, tables, &dangling->again) : NULL;
}

static fallible judge(const struct strings *before, const struct strings *after)
{
	AUTO(strings) struct strings named = {0};
	size_t count = 0;
	for (size_t i = 0; i < after->count; i++) {
		if (strings_have_sorted(before, after->items[i]))
			continue;
		if (++count <= MOST_NAMED)
			strings_add(&named, after->items[i]);
	}
	if (!count)
		return NULL;
	if (count > MOST_NAMED)
		strings_add_taken(&named, text_format("and %zu more", count - MOST_NAMED));
	AUTO(memory) char *list = strings_join(&named, "; ");
	return error_hint(error_new(ERR_NO, "rows would refer to rows that are not there: %s; nothing was changed",
				    list),
			  "restore the tables on both sides together (--tables A,B), or the whole snapshot");
}

fallible dangling_end(struct db *db, const struct tables *tables, struct dangling *dangling)
{
	AUTO(strings) struct strings after = {0};
	TRY(find_all(db, tables, dangling->live, &after));
	TRY(judge(&dangling->before, &after));
	for (size_t i = 0; i < dangling->again.count; i++)
		TRY(error_wrap(db_script(db, dangling->again.items[i]), "making foreign keys anew"));
	return NULL;
}
