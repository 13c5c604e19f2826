#include "migrate/plan.h"

#include <string.h>

#include "base/memory.h"
#include "migrate/blockers.h"
#include "migrate/chain/chain.h"
#include "openwebui/release.h"

#define MOST_TABLES_SHOWN 3

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
	return error_hint(error, "a new Open WebUI database needs %s; an Open WebUI database without a revision is "
				 "older than 0.3.35 or damaged",
			  db_pick(installation->db, "a file of its own",
				  "a database of its own, or a schema of its own that DATABASE_SCHEMA names"));
}

static fallible too_old(struct installation *installation, const struct migration_plan *plan)
{
	const struct release *first = NULL, *last = NULL;
	const struct revision *oldest = chain_oldest(plan->to);
	for (int ordinal = oldest->ordinal; !first && ordinal <= revision_count(); ordinal++)
		release_span(revision_at(ordinal)->id, &first, &last);
	return error_hint(error_new(ERR_FAILED, "%s is at revision %s; this owctl migrates rows from %s on",
				    db_display(installation->db), plan->from->id, oldest->id),
			  "make a backup, and start Open WebUI %s on it once: that brings it there", first->version);
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
	return plan->from->ordinal < chain_oldest(plan->to)->ordinal ? too_old(installation, plan) : NULL;
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
