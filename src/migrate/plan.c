#include "migrate/plan.h"

#include <string.h>

#include "base/memory.h"
#include "migrate/blockers.h"
#include "migrate/elsewhere.h"
#include "openwebui/release.h"

#define MOST_TABLES_SHOWN 3

/* Open WebUI went on making the numbered changes that were missing up to 0.9.5. Later releases do not look. */
#define NUMBERED "migratehistory"
#define LAST_NUMBER "018_add_function_is_global"

const char migration_numbered_hint[] =
	"it has to pass through a release from 0.3.35 to 0.9.5, best 0.8.12, which makes the changes that are missing: "
	"start that on it once, after a backup, or `owctl migrate up --engine upstream --python PATH` with its Python";

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
			  "the newest release it knows is %s, revision %s; `owctl migrate history` lists all",
			  release_latest()->version, revision_head()->id);
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

fallible migration_check_empty(struct installation *installation)
{
	AUTO(strings) struct strings tables = {0};
	AUTO(str) struct str shown = {0};
	TRY(elsewhere_refuse(installation));
	TRY(migration_tables_in_the_way(installation, &tables));
	if (!tables.count)
		return NULL;
	for (size_t i = 0; i < tables.count && i < MOST_TABLES_SHOWN; i++)
		str_add_format(&shown, "%s\"%s\"", shown.size ? ", " : "", tables.items[i]);
	if (tables.count > MOST_TABLES_SHOWN)
		str_add_format(&shown, " and %zu more", tables.count - MOST_TABLES_SHOWN);
	struct error *error = error_new(ERR_FAILED, "%s has tables (%s) but no recorded revision; nothing was changed",
					db_display(installation->db), str_text(&shown));
	/* Nothing in it: it was deleted, or a first migration was cut off. */
	const char *stamp = strings_have(&tables, "alembic_version")
				    ? "`owctl migrate stamp RELEASE --dry-run` tells whether it is at the revision of "
				      "RELEASE, and without --dry-run records it; else "
				    : "";
	if (strings_have(&tables, NUMBERED))
		return error_hint(error, "%s%s", stamp, migration_numbered_hint);
	return error_hint(error, "%sa new Open WebUI database needs %s; an Open WebUI database without a revision is "
				 "older than 0.3.35 or damaged",
			  stamp, db_pick(installation->db, "a file of its own",
					 "a database of its own, or a schema of its own that DATABASE_SCHEMA names"));
}

fallible migration_numbered(struct installation *installation, enum numbered *numbered, char **last)
{
	bool exists, found;
	*numbered = NUMBERED_NONE;
	TRY(db_table_exists(installation->db, NUMBERED, &exists));
	if (!exists)
		return NULL;
	TRY(db_single_text(installation->db, "select name from " NUMBERED " order by id desc limit 1", NULL, 0, &found,
			   last));
	*numbered = *last && strcmp(*last, LAST_NUMBER) >= 0 ? NUMBERED_ALL : NUMBERED_SOME;
	return NULL;
}

static fallible check_numbered(struct installation *installation)
{
	enum numbered numbered;
	AUTO(memory) char *last = NULL;
	TRY(migration_numbered(installation, &numbered, &last));
	if (numbered != NUMBERED_SOME)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "%s is older than its revision says: its table " NUMBERED
						" ends with %s instead of " LAST_NUMBER "; nothing was changed",
				    db_display(installation->db), last ? last : "nothing"),
			  "%s", migration_numbered_hint);
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

static fallible unknown(const struct installation *installation)
{
	return error_hint(error_new(ERR_FAILED, "%s is at revision %s, which this owctl does not know; nothing was "
						"changed",
				    db_display(installation->db), installation->recorded.items[0]),
			  "the newest that it knows is %s (%s): take a newer owctl, or let a release that knows it do "
			  "it under owctl's lock: `owctl migrate up --engine upstream --python PATH`",
			  revision_head()->id, release_latest()->version);
}

fallible migration_plan(struct installation *installation, const struct revision *to, struct migration_plan *plan)
{
	*plan = (struct migration_plan){.to = to};
	if (installation->standing == STANDING_UNKNOWN)
		return unknown(installation);
	TRY(installation_check_known(installation));
	if (installation->standing == STANDING_KNOWN)
		return plan_from(installation, plan);
	TRY(migration_check_empty(installation));
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
