/* PostgreSQL: a foreign key is not there, as after DROP TABLE .. CASCADE of the table that it leads to, or after a copy
 * of its own. Servers do not notice, but what they delete leaves rows behind. */
#include "base/memory.h"
#include "migrate/faults/kinds.h"
#include "migrate/faults/reference.h"

/* Where a table, a column or a key that it needs is not there, that is told as such. */
static bool is_lost(const struct catalogue *live, const struct table_shape *expected, const struct key_shape *key)
{
	if (key->kind != KEY_FOREIGN || key->columns.count != 1)
		return false;
	const struct table_shape *table = catalogue_table(live, expected->name);
	const struct table_shape *parent = catalogue_table(live, key->parent);
	return catalogue_has_columns(table, &key->columns) && catalogue_has_columns(parent, &key->parent_columns) &&
	       !catalogue_foreign_key(table, key) && catalogue_is_unique(parent, &key->parent_columns);
}

typedef fallible each_lost(void *context, const struct table_shape *table, const struct key_shape *key);

static fallible for_each_lost(const struct revision *revision, const struct catalogue *live, each_lost *each,
			      void *context)
{
	const struct catalogue *expected, *newest;
	TRY(catalogue_expect(revision, &expected, &newest));
	for (size_t i = 0; i < expected->count; i++)
		for (size_t j = 0; j < expected->tables[i].key_count; j++)
			if (is_lost(live, &expected->tables[i], &expected->tables[i].keys[j]))
				TRY(each(context, &expected->tables[i], &expected->tables[i].keys[j]));
	return NULL;
}

static fallible count_in_the_way(struct db *db, const struct table_shape *table, const struct key_shape *key,
				 int64_t *count)
{
	AUTO(memory) char *nowhere = reference_leads_nowhere(table, key);
	AUTO(memory) char *sql = text_format("select count(*) from \"%s\" where %s", table->name, nowhere);
	return db_single_integer(db, sql, NULL, 0, count);
}

static fallible find_one(void *context, const struct table_shape *table, const struct key_shape *key)
{
	struct faults *faults = context;
	int64_t in_the_way;
	AUTO(memory) char *subject = reference_name(table, key);
	TRY(count_in_the_way(faults->installation->db, table, key, &in_the_way));
	faults_add(faults,
		   (struct fault_about){.subject = subject,
					.mending = in_the_way ? "delete the rows that lead to nothing, and say "
								"the same again"
							      : "it is made again",
					.by_hand = in_the_way > 0,
					.rows = in_the_way},
		   "%s has no foreign key to %s%s", subject, key->parent,
		   in_the_way ? ", and rows that lead to nothing" : "");
	return NULL;
}

static fallible find(struct faults *faults)
{
	const struct catalogue *live;
	if (!db_can(faults->installation->db, DB_CAN_ALTER_TABLES))
		return NULL;
	TRY(faults_live(faults, &live));
	return for_each_lost(faults->installation->revision, live, find_one, faults);
}

struct mending {
	struct db *db;
	const char *subject;
};

static fallible mend_one(void *context, const struct table_shape *table, const struct key_shape *key)
{
	const struct mending *mending = context;
	AUTO(memory) char *subject = reference_name(table, key);
	if (!text_equal(subject, mending->subject))
		return NULL;
	AUTO(memory) char *sql = text_format(
		"alter table \"%s\" add foreign key (\"%s\") references \"%s\" (\"%s\") %s", table->name,
		key->columns.items[0], key->parent, key->parent_columns.items[0], key->actions);
	return db_script(mending->db, sql);
}

static fallible mend(struct work *work, const struct fault *fault)
{
	AUTO(catalogue) struct catalogue live = {0};
	struct mending mending = {.db = work->db, .subject = fault->subject};
	TRY(catalogue_read(work->db, &live));
	return for_each_lost(work->run->installation->revision, &live, mend_one, &mending);
}

const struct fault_kind fault_foreign_keys = {
	.name = "foreign-keys",
	.summary = "PostgreSQL: a foreign key is not there",
	.harmless = true,
	.find = find,
	.mend = mend,
};
