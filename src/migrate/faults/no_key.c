/* PostgreSQL: a table that others refer to has lost its key, as copies of tables do. What is to refer to it fails. */
#include "base/memory.h"
#include "migrate/catalogue.h"
#include "migrate/faults/kinds.h"

static const char *const tables[] = {"user",    "group",   "chat", "file",       "knowledge", "knowledge_directory",
				     "channel", "message", "note", "automation", NULL};

static char *key_name(const struct catalogue *live, const char *table)
{
	enum family family = catalogue_family(live);
	bool peewees = family == FAMILY_PEEWEE || family == FAMILY_PEEWEE_096;
	return peewees ? text_format("pk_%s", table) : text_format("%s_pkey", table);
}

static fallible find_repeated(struct db *db, const char *table, int64_t *count)
{
	AUTO(memory) char *sql = text_format("select count(*) from (select id from \"%s\" group by id"
					     " having count(*) > 1 or id is null) r",
					     table);
	return db_single_integer(db, sql, NULL, 0, count);
}

static fallible find_in(struct faults *faults, const struct table_shape *table)
{
	int64_t repeated;
	AUTO(strings) struct strings key = {0};
	strings_add(&key, "id");
	if (!catalogue_column(table, "id") || catalogue_is_unique(table, &key))
		return NULL;
	TRY(find_repeated(faults->installation->db, table->name, &repeated));
	faults_add(faults,
		   (struct fault_about){.subject = table->name,
					.mending = repeated ? "keep one of each id, and say the same again"
							    : "it becomes the primary key",
					.by_hand = repeated > 0,
					.rows = repeated},
		   repeated ? "the table \"%s\" has no key on id, and ids that stand there twice or are NULL"
			    : "the table \"%s\" has no key on id, so nothing can refer to it",
		   table->name);
	return NULL;
}

static fallible find(struct faults *faults)
{
	const struct catalogue *live;
	if (!db_can(faults->installation->db, DB_CAN_ALTER_TABLES))
		return NULL;
	TRY(faults_live(faults, &live));
	for (size_t i = 0; tables[i]; i++)
		TRY(find_in(faults, catalogue_table(live, tables[i])));
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	AUTO(catalogue) struct catalogue live = {0};
	TRY(catalogue_read(work->db, &live));
	AUTO(memory) char *name = key_name(&live, fault->subject);
	AUTO(memory) char *sql = text_format("alter table \"%s\" add constraint %s primary key (id)", fault->subject,
					     name);
	return db_script(work->db, sql);
}

const struct fault_kind fault_no_key = {
	.name = "no-key",
	.summary = "PostgreSQL: a table that others refer to has no primary or unique key",
	.by_catalogue = true, /* rows are looked at only where there is one */
	.find = find,
	.mend = mend,
};
