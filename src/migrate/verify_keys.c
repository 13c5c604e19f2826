/* The keys and indexes of a table beside those that it should have. Constraints of one kind on the same columns are the
 * same, whatever they are called and however they were made; an index that has a name is known by that, too, since a
 * later migration drops it by its name. */
#include <string.h>

#include "base/memory.h"
#include "migrate/comparison.h"

static void missing_unique(struct comparison *comparison, const char *name, const struct strings *columns)
{
	const char *table = comparison->table->name;
	AUTO(memory) char *list = strings_join(columns, ", ");
	AUTO(memory) char *ending = strings_join(columns, "_");
	bool primary = !strcmp(name, "missing-primary-key");
	char *mend = primary && comparison->alters
			     ? text_format("ALTER TABLE \"%s\" ADD PRIMARY KEY (%s)", table, list)
			     : text_format("CREATE UNIQUE INDEX uq_%s_%s ON \"%s\" (%s)", table, ending, table, list);
	findings_add(comparison->findings,
		     (struct finding){.name = name,
				      .place = text_format("%s (%s)", table, list),
				      .what = text_format("%s is not there: rows could stand twice",
							  primary ? "the primary key" : "the unique key"),
				      .mend = mend});
}

static void compare_primary_key(struct comparison *comparison)
{
	AUTO(strings) struct strings columns = {0};
	catalogue_primary_key(comparison->table, &columns);
	if (columns.count && !catalogue_is_unique(comparison->there, &columns))
		missing_unique(comparison, "missing-primary-key", &columns);
}

static const struct key_shape *index_called(const struct table_shape *table, const char *name)
{
	for (size_t i = 0; i < table->key_count; i++)
		if (table->keys[i].kind != KEY_FOREIGN && text_equal(table->keys[i].name, name))
			return &table->keys[i];
	return NULL;
}

/* What is wrong with the index that has the right name, or NULL. */
static const char *fault_of_index(const struct key_shape *index, const struct key_shape *there)
{
	if (there->invalid)
		return "the index is invalid: it was not built to its end";
	if (!catalogue_same_columns(&index->columns, &there->columns, true))
		return "the index has other columns";
	if (index->kind != there->kind)
		return index->kind == KEY_UNIQUE ? "the index is not unique" : "the index is unique, and refuses rows";
	if (index->partial != there->partial)
		return index->partial ? "the index is not partial" : "the index is partial";
	return NULL;
}

static void compare_index(struct comparison *comparison, const struct key_shape *index)
{
	const struct key_shape *there = index_called(comparison->there, index->name);
	const char *fault = there ? fault_of_index(index, there) : "the index is not there";
	if (!fault)
		return;
	const char *sql = index->sql ? index->sql : "";
	findings_add(comparison->findings,
		     (struct finding){.name = there ? "wrong-index" : "missing-index",
				      .place = text_format("%s on %s", index->name, comparison->table->name),
				      .what = text_copy(fault),
				      .mend = there ? text_format("DROP INDEX \"%s\"; %s", index->name, sql)
						    : text_copy(sql),
				      .breaks = there && there->kind == KEY_UNIQUE && index->kind != KEY_UNIQUE});
}

static char *parent_of(const struct key_shape *key)
{
	AUTO(memory) char *columns = strings_join(&key->parent_columns, ", ");
	return text_format("\"%s\" (%s)", key->parent, columns);
}

static void compare_foreign_key(struct comparison *comparison, const struct key_shape *key)
{
	const struct key_shape *there = catalogue_foreign_key(comparison->there, key);
	if (there && text_equal(there->actions, key->actions))
		return;
	AUTO(memory) char *list = strings_join(&key->columns, ", ");
	AUTO(memory) char *refers = parent_of(key);
	const char *table = comparison->table->name;
	char *what = there ? text_format("the foreign key to %s does %s; it should do %s", refers, there->actions,
					 key->actions)
			   : text_format("the foreign key to %s is not there", refers);
	const char *mend = there ? "drop it; owctl migrate repair" : "owctl migrate repair";
	if (!comparison->alters)
		mend = "copy the table to one made with the key; SQLite does not enforce it";
	findings_add(comparison->findings,
		     (struct finding){.name = there ? "wrong-foreign-key" : "missing-foreign-key",
				      .place = text_format("%s (%s)", table, list),
				      .what = what,
				      .mend = text_copy(mend)});
}

void compare_keys(struct comparison *comparison)
{
	compare_primary_key(comparison);
	for (size_t i = 0; i < comparison->table->key_count; i++) {
		const struct key_shape *key = &comparison->table->keys[i];
		if (key->kind == KEY_FOREIGN)
			compare_foreign_key(comparison, key);
		else if (key->named)
			compare_index(comparison, key);
		else if (!catalogue_is_unique(comparison->there, &key->columns))
			missing_unique(comparison, "missing-unique-key", &key->columns);
	}
}

static bool is_expected(const struct comparison *comparison, const struct key_shape *live)
{
	if (live->kind == KEY_FOREIGN)
		return catalogue_foreign_key(comparison->table, live);
	return index_called(comparison->table, live->name) ||
	       family_has_index(comparison->family, comparison->table->name, live->name) ||
	       (live->kind == KEY_UNIQUE && catalogue_is_unique(comparison->table, &live->columns));
}

void list_keys_besides(struct comparison *comparison)
{
	const char *table = comparison->table->name;
	const struct table_shape *newest = catalogue_table(comparison->newest, table);
	for (size_t i = 0; i < comparison->there->key_count; i++) {
		const struct key_shape *key = &comparison->there->keys[i];
		if (is_expected(comparison, key))
			continue;
		AUTO(memory) char *list = strings_join(&key->columns, ", ");
		if (key->kind == KEY_FOREIGN)
			comparison_add_besides(comparison, newest && catalogue_foreign_key(newest, key), "foreign-key",
					       "a foreign key", text_format("%s (%s)", table, list));
		else
			comparison_add_besides(comparison, newest && index_called(newest, key->name), "index",
					       "an index", text_format("%s on %s", key->name, table));
	}
}
