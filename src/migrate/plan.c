#include "migrate/plan.h"

#include <string.h>

#include "base/memory.h"
#include "migrate/blockers.h"
#include "openwebui/release.h"

#define MOST_TABLES_SHOWN 3

/* Before it had revisions, Open WebUI numbered the changes of its tables, and went on making those that were missing up
 * to 0.9.5. Later releases do not look; on such a database their revisions lack columns. */
#define NUMBERED "migratehistory"
#define LAST_NUMBER "018_add_function_is_global"
#define WAY_OUT "make a backup, and start Open WebUI 0.8.12 on it once: it makes the changes that are missing"

fallible migration_target(const char *target, const struct revision **revision)
{
	if (!target) {
		*revision = revision_head();
		return NULL;
	}
	const struct release *release = release_find(target);
	*revision = revision_find(release ? release->head : target);
	if (*revision)
		return NULL;
	return error_hint(error_new(ERR_INPUT, "%s is neither a revision nor a release that this owctl knows", target),
			  "the newest release it knows is %s, revision %s", release_latest()->version,
			  revision_head()->id);
}

/* The first revision takes every table that has one of its names for Open WebUI's, so a database without a recorded
 * revision has to be empty, but for the table of pgvector: Open WebUI makes that by itself, apart from migrations. */
static bool may_be_there(const char *table)
{
	return !strcmp(table, "document_chunk");
}

fallible migration_tables_in_the_way(struct installation *installation, struct strings *tables)
{
	AUTO(strings) struct strings all = {0};
	TRY(db_tables(installation->db, &all));
	for (size_t i = 0; i < all.count; i++)
		if (!may_be_there(all.items[i]))
			strings_add(tables, all.items[i]);
	return NULL;
}

static fallible check_empty(struct installation *installation)
{
	AUTO(strings) struct strings tables = {0};
	AUTO(str) struct str shown = {0};
	TRY(migration_tables_in_the_way(installation, &tables));
	if (!tables.count)
		return NULL;
	for (size_t i = 0; i < tables.count && i < MOST_TABLES_SHOWN; i++)
		str_add_format(&shown, "%s\"%s\"", shown.size ? ", " : "", tables.items[i]);
	if (tables.count > MOST_TABLES_SHOWN)
		str_add_format(&shown, " and %zu more", tables.count - MOST_TABLES_SHOWN);
	struct error *error = error_new(ERR_FAILED, "%s has tables (%s) but no recorded revision; nothing was changed",
					db_display(installation->db), str_text(&shown));
	if (strings_have(&tables, NUMBERED))
		return error_hint(error, WAY_OUT);
	return error_hint(error, "a new Open WebUI database needs %s; an Open WebUI database without a revision is "
				 "older than 0.3.35 or damaged",
			  db_pick(installation->db, "a file of its own",
				  "a database of its own, or a schema of its own that DATABASE_SCHEMA names"));
}

/* Whether all of them were made, where there were any. */
static fallible check_numbered(struct installation *installation)
{
	bool exists, found;
	AUTO(memory) char *last = NULL;
	TRY(db_table_exists(installation->db, NUMBERED, &exists));
	if (!exists)
		return NULL;
	TRY(db_single_text(installation->db, "select name from " NUMBERED " order by id desc limit 1", NULL, 0, &found,
			   &last));
	if (last && strcmp(last, LAST_NUMBER) >= 0)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "%s is older than its revision says: its table " NUMBERED
						" ends with %s instead of " LAST_NUMBER "; nothing was changed",
				    db_display(installation->db), last ? last : "nothing"),
			  WAY_OUT);
}

static fallible plan_from(struct installation *installation, struct migration_plan *plan)
{
	const char *where = db_display(installation->db);
	plan->from = installation->revision;
	plan->pending = plan->to->ordinal - plan->from->ordinal;
	if (plan->pending == 0)
		return NULL;
	if (plan->pending < 0)
		return error_hint(error_new(ERR_FAILED, "%s is at revision %s, which is later than %s", where,
					    plan->from->id, plan->to->id),
				  "there is no way back but a backup taken before");
	return check_numbered(installation);
}

fallible migration_plan(struct installation *installation, const struct revision *to, struct migration_plan *plan)
{
	*plan = (struct migration_plan){.to = to};
	TRY(installation_check_known(installation));
	if (installation->standing == STANDING_KNOWN)
		return plan_from(installation, plan);
	TRY(check_empty(installation));
	plan->pending = to->ordinal;
	return NULL;
}

fallible migration_check_rows(struct installation *installation, const struct migration_plan *plan)
{
	AUTO(blockers) struct blockers blockers = {0};
	if (!plan->from)
		return NULL;
	TRY(blockers_find(installation, plan->from, plan->to, &blockers));
	return blockers_error(&blockers);
}
