/* owctl was cut off, and before it went on the database was put back from a dump, or somebody else migrated it or
 * recorded another revision. Then what it kept of how far it was says nothing of the rows that are there now, and what
 * it noted of chats would be done again over what servers have written since. Or a release has tried meanwhile, and has
 * left on SQLite what is in the way of the next. */
#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/faults/kinds.h"
#include "migrate/journal.h"
#include "migrate/sql_token.h"
#include "migrate/watch.h"

#define WATCH "watch"
static const char own[] = "owctl_";

/* The tables that the revision begins with. */
static void tables_of(const struct db *db, const struct revision *revision, struct strings *tables)
{
	AUTO(strings) struct strings statements = {0};
	sql_statements(chain_sql(db, revision), &statements);
	for (size_t i = 0; i < statements.count; i++) {
		const char *at = statements.items[i];
		if (sql_take(&at, "CREATE TABLE") && !sql_take(&at, "IF NOT EXISTS"))
			strings_add_taken(tables, sql_take_name(&at));
	}
}

/* ---- finding ---- */

static fallible find_watch(struct faults *faults)
{
	bool watching, recorded = true;
	TRY(watch_is_open(faults->installation->db, &watching));
	if (watching)
		TRY(journal_has_recorded(faults->installation, &recorded));
	if (!recorded)
		faults_add(faults, (struct fault_about){.subject = WATCH, .mending = "they are dropped"},
			   "triggers owctl_watch_* or the table owctl_changed are left of a migration by owctl that "
			   "was cut off, and that is not where it was");
	return NULL;
}

static fallible find_entries(struct faults *faults, const struct revision *open)
{
	AUTO(journal) struct journal journal = {0};
	TRY(journal_read(faults->installation, &journal));
	for (size_t i = 0; i < journal.count; i++) {
		const struct journal_entry *entry = &journal.entries[i];
		if (entry->finished_at || entry->revision == open)
			continue;
		faults_add(faults,
			   (struct fault_about){.subject = entry->revision->id,
						.mending = "what owctl had made of it by then is dropped"},
			   "owctl was cut off in revision %s, and before it went on the database was put back, or "
			   "others have migrated it",
			   entry->revision->id);
	}
	return NULL;
}

/* Where owctl goes on, its own table is to get the name of one that a release has made meanwhile. */
static fallible find_in_the_way(struct faults *faults, const struct revision *open)
{
	AUTO(strings) struct strings tables = {0};
	const struct chain_code *code = chain_step(open)->code;
	if (code && !code->takes_begun)
		tables_of(faults->installation->db, open, &tables);
	for (size_t i = 0; i < tables.count; i++) {
		bool exists = false, both = false;
		const char *table = tables.items[i] + sizeof own - 1;
		if (text_starts(tables.items[i], own))
			TRY(db_table_exists(faults->installation->db, table, &exists));
		if (exists)
			TRY(db_table_exists(faults->installation->db, tables.items[i], &both));
		if (both)
			faults_add(faults,
				   (struct fault_about){.subject = table,
							.mending = "it is dropped, if it holds nothing"},
				   "a table \"%s\" was begun by others while owctl is cut off in revision %s, which "
				   "makes it",
				   table, open->id);
	}
	return NULL;
}

static fallible find(struct faults *faults)
{
	const struct revision *open;
	TRY(journal_cut_off(faults->installation, &open));
	if (open)
		TRY(find_in_the_way(faults, open));
	else
		TRY(find_watch(faults));
	return find_entries(faults, open);
}

/* ---- mending ---- */

/* What stands of a revision that is pending is made of rows that are elsewhere; one that is recorded was done by
 * others, and only what has owctl's name is owctl's. The last one first, as it may refer to the others. */
static fallible drop_tables(struct work *work, const struct revision *revision)
{
	bool pending = revision->ordinal > work->run->installation->revision->ordinal;
	AUTO(strings) struct strings tables = {0};
	tables_of(work->db, revision, &tables);
	for (size_t i = tables.count; i-- > 0;) {
		AUTO(memory) char *sql = text_format("drop table if exists \"%s\"", tables.items[i]);
		if (pending || text_starts(tables.items[i], own))
			TRY(db_script(work->db, sql));
	}
	return journal_forget(work->db, revision);
}

static fallible drop_empty(struct work *work, const char *table)
{
	int64_t held;
	AUTO(memory) char *sql = text_format("select count(*) from (select 1 from \"%s\" limit 1) as r", table);
	AUTO(memory) char *drop = text_format("drop table \"%s\"", table);
	TRY(db_single_integer(work->db, sql, NULL, 0, &held));
	if (held)
		return error_hint(error_new(ERR_FAILED, "\"%s\" holds rows; it is not dropped", table),
				  "if they are worth nothing, drop it by hand, and say the same again");
	return db_script(work->db, drop);
}

static fallible mend(struct work *work, const struct fault *fault)
{
	if (text_equal(fault->subject, WATCH))
		return watch_forget(work->db);
	const struct revision *revision = revision_find(fault->subject);
	return revision ? drop_tables(work, revision) : drop_empty(work, fault->subject);
}

const struct fault_kind fault_left_behind = {
	.name = "left-behind",
	.summary = "owctl was cut off, and others have changed the schema before it went on",
	.by_catalogue = true,
	.find = find,
	.mend = mend,
};
