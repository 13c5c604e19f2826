/* Rows that stand twice where a key that should be there is not. */
#include "base/memory.h"
#include "migrate/verify_rows.h"

static fallible check_unique(struct row_search *search, const struct table_shape *table, const struct strings *columns)
{
	const struct table_shape *there = catalogue_table(search->live, table->name);
	if (!columns->count || !catalogue_has_columns(there, columns) || catalogue_is_unique(there, columns))
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

fallible search_duplicates(struct row_search *search)
{
	for (size_t i = 0; i < search->expected->count; i++) {
		const struct table_shape *table = &search->expected->tables[i];
		AUTO(strings) struct strings primary = {0};
		catalogue_primary_key(table, &primary);
		TRY(check_unique(search, table, &primary));
		for (size_t j = 0; j < table->key_count; j++) {
			const struct key_shape *key = &table->keys[j];
			if (is_plain(key))
				TRY(check_unique(search, table, &key->columns));
		}
	}
	return NULL;
}
