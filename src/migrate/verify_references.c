/* Keys that nobody enforces: SQLite checks no foreign key as Open WebUI runs it, and a key that is not there checks
 * nothing anywhere. */
#include "base/memory.h"
#include "migrate/verify_rows.h"

/* ---- rows that refer to nothing ---- */

static bool is_enforced(const struct row_search *search, const struct table_shape *there, const struct key_shape *key)
{
	const struct key_shape *same = catalogue_foreign_key(there, key);
	return db_can(search->db, DB_CAN_ENFORCE_FOREIGN_KEYS) && same && !same->invalid;
}

static bool has_columns(const struct table_shape *there, const struct strings *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (!catalogue_column(there, columns->items[i]))
			return false;
	return there;
}

static char *orphans_sql(const struct table_shape *table, const struct key_shape *key)
{
	AUTO(str) struct str sql = {0};
	str_add_format(&sql, "select c.\"%s\" from \"%s\" c where ", search_key(table), table->name);
	for (size_t i = 0; i < key->columns.count; i++)
		str_add_format(&sql, "c.\"%s\" is not null and ", key->columns.items[i]);
	str_add_format(&sql, "not exists (select 1 from \"%s\" p where ", key->parent);
	for (size_t i = 0; i < key->columns.count; i++)
		str_add_format(&sql, "%sp.\"%s\" = c.\"%s\"", i ? " and " : "", key->parent_columns.items[i],
			       key->columns.items[i]);
	str_add(&sql, ") order by 1");
	return str_take(&sql);
}

static fallible check_foreign_key(struct row_search *search, const struct table_shape *table,
				  const struct key_shape *key)
{
	const struct table_shape *there = catalogue_table(search->live, table->name);
	if (!has_columns(there, &key->columns) || is_enforced(search, there, key) ||
	    !has_columns(catalogue_table(search->live, key->parent), &key->parent_columns))
		return NULL;
	AUTO(memory) char *sql = orphans_sql(there, key);
	AUTO(memory) char *columns = strings_join(&key->columns, ", ");
	bool goes = text_starts(key->actions, "ON DELETE CASCADE");
	return search_query(
		search, sql,
		(struct finding){.name = "orphan",
				 .place = text_format("%s.%s", table->name, columns),
				 .what = text_format("rows refer to a %s that is not there", key->parent),
				 .mend = goes ? text_copy("delete the rows, as deleting what they refer to should have")
					      : text_format("set %s of the rows to NULL", columns)});
}

/* ---- rows that stand twice ---- */

static fallible check_unique(struct row_search *search, const struct table_shape *table, const struct strings *columns)
{
	const struct table_shape *there = catalogue_table(search->live, table->name);
	if (!columns->count || !has_columns(there, columns) || catalogue_is_unique(there, columns))
		return NULL;
	AUTO(str) struct str sql = {0}, list = {0};
	for (size_t i = 0; i < columns->count; i++)
		str_add_format(&list, "%s\"%s\"", i ? ", " : "", columns->items[i]);
	str_add(&sql, "select ");
	for (size_t i = 0; i < columns->count; i++)
		str_add_format(&sql, "%scast(\"%s\" as text)", i ? " || ' ' || " : "", columns->items[i]);
	str_add_format(&sql, " from \"%s\" where ", table->name);
	for (size_t i = 0; i < columns->count; i++)
		str_add_format(&sql, "%s\"%s\" is not null", i ? " and " : "", columns->items[i]);
	str_add_format(&sql, " group by %s having count(*) > 1 order by 1", str_text(&list));
	AUTO(memory) char *names = strings_join(columns, ", ");
	return search_query(search, str_text(&sql),
			    (struct finding){.name = "duplicate",
					     .place = text_format("%s (%s)", table->name, names),
					     .what = text_copy("several rows have the same key"),
					     .mend = text_copy("delete all but one of each, then make the key")});
}

static bool is_plain(const struct key_shape *key)
{
	return key->kind == KEY_UNIQUE && !key->partial && !strings_have(&key->columns, "<expression>");
}

fallible search_references(struct row_search *search)
{
	for (size_t i = 0; i < search->expected->count; i++) {
		const struct table_shape *table = &search->expected->tables[i];
		AUTO(strings) struct strings primary = {0};
		catalogue_primary_key(table, &primary);
		TRY(check_unique(search, table, &primary));
		for (size_t j = 0; j < table->key_count; j++) {
			const struct key_shape *key = &table->keys[j];
			if (key->kind == KEY_FOREIGN)
				TRY(check_foreign_key(search, table, key));
			else if (is_plain(key))
				TRY(check_unique(search, table, &key->columns));
		}
	}
	return NULL;
}
