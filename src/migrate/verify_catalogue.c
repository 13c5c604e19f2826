/* Two catalogues beside each other: what one should have and the other has not is a fault, what is there besides is its
 * owner's. Constraints of one kind on the same columns are the same, whatever they are called and however they were
 * made; an index that has a name is known by that, too, since a later migration drops it by its name. */
#include <string.h>

#include "base/memory.h"
#include "migrate/verify.h"

struct comparison {
	const struct catalogue *expected, *newest, *live;
	const struct table_shape *table, *there; /* the one in question, as it should be and as it is */
	enum family family;
	bool alters;
	struct findings *findings;
};

static const char backup_remedy[] = "take it from a backup";

static void add(struct comparison *comparison, struct finding finding)
{
	findings_add(comparison->findings, finding);
}

static char *column_place(const struct comparison *comparison, const char *column)
{
	return text_format("%s.%s", comparison->table->name, column);
}

/* ---- columns ---- */

static void compare_type(struct comparison *comparison, const struct column_shape *column,
			 const struct column_shape *there)
{
	const char *table = comparison->table->name;
	if (column->type == there->type || family_has_type(comparison->family, table, there))
		return;
	const char *wanted = type_class_names[column->type];
	add(comparison,
	    (struct finding){.name = "wrong-type",
			     .place = column_place(comparison, there->name),
			     .what = text_format("is of type %s; it should be %s", there->declared, wanted),
			     .mend = comparison->alters
					     ? text_format("ALTER TABLE \"%s\" ALTER COLUMN \"%s\" TYPE %s USING ..",
							   table, column->name, column->declared)
					     : text_copy("copy the table to one made with the right type"),
			     .breaks = comparison->alters});
}

static void compare_required(struct comparison *comparison, const struct column_shape *column,
			     const struct column_shape *there)
{
	const char *table = comparison->table->name;
	bool by_key = column->key || there->key; /* PostgreSQL's keys are NOT NULL, SQLite's need not be */
	if (by_key || column->required == there->required ||
	    (there->required && family_requires(comparison->family, table, column->name)))
		return;
	const char *do_it = column->required ? "SET" : "DROP";
	add(comparison,
	    (struct finding){.name = column->required ? "nullable" : "not-nullable",
			     .place = column_place(comparison, there->name),
			     .what = text_copy(column->required ? "may be NULL; it should not"
								: "is NOT NULL; it should not be: rows are refused"),
			     .mend = comparison->alters
					     ? text_format("ALTER TABLE \"%s\" ALTER COLUMN \"%s\" %s NOT NULL", table,
							   column->name, do_it)
					     : text_copy("copy the table to one made without the difference"),
			     .breaks = !column->required});
}

static void compare_columns(struct comparison *comparison)
{
	const struct table_shape *table = comparison->table;
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column_shape *column = &table->columns[i];
		const struct column_shape *there = catalogue_column(comparison->there, column->name);
		if (there) {
			compare_type(comparison, column, there);
			compare_required(comparison, column, there);
			continue;
		}
		add(comparison,
		    (struct finding){.name = "missing-column",
				     .place = column_place(comparison, column->name),
				     .what = text_format("the column is not there (%s)", column->declared),
				     .mend = text_format("ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s; its values are in a "
							 "backup only",
							 table->name, column->name, column->declared),
				     .breaks = true});
	}
}

/* What is there besides: its owner's, or of a later revision. `noun` is "a column", `name` "column". */
static void add_own(struct comparison *comparison, bool later, const char *name, const char *noun, char *place)
{
	if (!later)
		add(comparison, (struct finding){.kind = FINDING_FOREIGN,
						 .name = name,
						 .place = place,
						 .what = text_format("%s that is not Open WebUI's", noun)});
	else
		add(comparison, (struct finding){.name = "of-later-revision",
						 .place = place,
						 .what = text_format("%s of a later revision, which a migration will "
								     "stumble over",
								     noun),
						 .mend = text_copy("owctl migrate repair")});
}

static void list_own_columns(struct comparison *comparison)
{
	const struct table_shape *there = comparison->there;
	const struct table_shape *newest = catalogue_table(comparison->newest, there->name);
	for (size_t i = 0; i < there->column_count; i++) {
		const char *name = there->columns[i].name;
		if (!catalogue_column(comparison->table, name) &&
		    !family_has_more(comparison->family, there->name, name))
			add_own(comparison, catalogue_column(newest, name), "column", "a column",
				column_place(comparison, name));
	}
}

/* ---- keys ---- */

static void missing_unique(struct comparison *comparison, const char *name, const struct strings *columns)
{
	const char *table = comparison->table->name;
	AUTO(memory) char *list = strings_join(columns, ", ");
	AUTO(memory) char *ending = strings_join(columns, "_");
	bool primary = !strcmp(name, "missing-primary-key");
	add(comparison,
	    (struct finding){.name = name,
			     .place = text_format("%s (%s)", table, list),
			     .what = text_format("%s is not there: rows could stand twice",
						 primary ? "the primary key" : "the unique key"),
			     .mend = primary && comparison->alters
					     ? text_format("ALTER TABLE \"%s\" ADD PRIMARY KEY (%s)", table, list)
					     : text_format("CREATE UNIQUE INDEX uq_%s_%s ON \"%s\" (%s)", table, ending,
							   table, list),
			     .breaks = false});
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
	add(comparison,
	    (struct finding){.name = there ? "wrong-index" : "missing-index",
			     .place = text_format("%s on %s", index->name, comparison->table->name),
			     .what = text_copy(fault),
			     .mend = there ? text_format("DROP INDEX \"%s\"; %s", index->name, sql) : text_copy(sql),
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
	add(comparison,
	    (struct finding){.name = there ? "wrong-foreign-key" : "missing-foreign-key",
			     .place = text_format("%s (%s)", table, list),
			     .what = there ? text_format("the foreign key to %s does %s; it should do %s", refers,
							 there->actions, key->actions)
					   : text_format("the foreign key to %s is not there", refers),
			     .mend = comparison->alters
					     ? text_format("%sALTER TABLE \"%s\" ADD FOREIGN KEY (%s) REFERENCES %s %s",
							   there ? "drop it; " : "", table, list, refers,
							   key->actions)
					     : text_copy("copy the table to one made with the key; SQLite does not "
							 "enforce it")});
}

static void compare_keys(struct comparison *comparison)
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

static void list_own_keys(struct comparison *comparison)
{
	const char *table = comparison->table->name;
	const struct table_shape *newest = catalogue_table(comparison->newest, table);
	for (size_t i = 0; i < comparison->there->key_count; i++) {
		const struct key_shape *key = &comparison->there->keys[i];
		if (is_expected(comparison, key))
			continue;
		AUTO(memory) char *list = strings_join(&key->columns, ", ");
		if (key->kind == KEY_FOREIGN)
			add_own(comparison, newest && catalogue_foreign_key(newest, key), "foreign-key",
				"a foreign key", text_format("%s (%s)", table, list));
		else
			add_own(comparison, newest && index_called(newest, key->name), "index", "an index",
				text_format("%s on %s", key->name, table));
	}
}

/* ---- tables ---- */

static void compare_table(struct comparison *comparison, const struct table_shape *table)
{
	comparison->table = table;
	comparison->there = catalogue_table(comparison->live, table->name);
	if (!comparison->there) {
		add(comparison, (struct finding){.name = "missing-table",
						 .place = text_copy(table->name),
						 .what = text_copy("the table is not there"),
						 .mend = text_copy(backup_remedy),
						 .breaks = true});
		return;
	}
	compare_columns(comparison);
	compare_keys(comparison);
	list_own_columns(comparison);
	list_own_keys(comparison);
}

/* A table of a migration that is, or was, under way. */
static bool is_of_migration(const char *table)
{
	return text_starts(table, "_alembic_tmp_") || text_starts(table, "owctl_");
}

static void list_own(struct comparison *comparison)
{
	const struct catalogue *live = comparison->live;
	for (size_t i = 0; i < live->count; i++) {
		const char *name = live->tables[i].name;
		if (!catalogue_table(comparison->expected, name) && !is_of_migration(name) &&
		    !family_has_more(comparison->family, name, NULL))
			add_own(comparison, catalogue_table(comparison->newest, name), "table", "a table",
				text_copy(name));
	}
	for (size_t i = 0; i < live->others.count; i++)
		add(comparison, (struct finding){.kind = FINDING_FOREIGN,
						 .name = "other",
						 .place = text_copy(live->others.items[i]),
						 .what = text_copy("not Open WebUI's")});
}

void verify_catalogue(const struct catalogues *catalogues, bool alters, struct findings *findings)
{
	struct comparison comparison = {.expected = &catalogues->expected,
					.newest = &catalogues->newest,
					.live = &catalogues->live,
					.family = catalogue_family(&catalogues->live),
					.alters = alters,
					.findings = findings};
	for (size_t i = 0; i < comparison.expected->count; i++)
		compare_table(&comparison, &comparison.expected->tables[i]);
	list_own(&comparison);
}

void catalogues_cleanup(struct catalogues *catalogues)
{
	catalogue_cleanup(&catalogues->expected);
	catalogue_cleanup(&catalogues->newest);
	catalogue_cleanup(&catalogues->live);
}

fallible catalogues_read(struct db *db, const struct revision *revision, struct catalogues *catalogues)
{
	TRY(catalogue_read(db, &catalogues->live));
	return catalogue_expect(revision, &catalogues->expected, &catalogues->newest);
}
