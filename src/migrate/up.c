#include "migrate/up.h"

#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "openwebui/release.h"

/* Of owctl's own: "owctl" in ASCII. Open WebUI takes none for its migrations. */
#define MIGRATION_LOCK 0x6f7763746cLL

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

fallible migration_lock(struct installation *installation)
{
	if (!db_can(installation->db, DB_CAN_ADVISORY_LOCK))
		return NULL;
	struct db_value key = db_integer(MIGRATION_LOCK);
	TRY(db_run(installation->db, "select pg_advisory_xact_lock($1)", &key, 1, NULL));
	return installation_read_revision(installation);
}

/* The first revision takes every table that has one of its names for Open WebUI's, so a database without a recorded
 * revision has to be empty, but for the table of pgvector: Open WebUI makes that one by itself, apart from migrations. */
static bool may_be_there(const char *table)
{
	return !strcmp(table, "document_chunk");
}

static fallible check_empty(struct installation *installation)
{
	AUTO(strings) struct strings tables = {0};
	AUTO(str) struct str shown = {0};
	size_t count = 0;
	TRY(db_tables(installation->db, &tables));
	for (size_t i = 0; i < tables.count; i++)
		if (!may_be_there(tables.items[i]) && count++ < MOST_TABLES_SHOWN)
			str_add_format(&shown, "%s\"%s\"", shown.size ? ", " : "", tables.items[i]);
	if (!count)
		return NULL;
	if (count > MOST_TABLES_SHOWN)
		str_add_format(&shown, " and %zu more", count - MOST_TABLES_SHOWN);
	struct error *error = error_new(ERR_FAILED, "%s has tables (%s) but no recorded revision; nothing was changed",
					db_display(installation->db), str_text(&shown));
	return error_hint(error, "a new Open WebUI database needs %s; an Open WebUI database without a revision is "
				 "older than 0.3.35 or damaged",
			  db_pick(installation->db, "a file of its own",
				  "a database of its own, or a schema of its own that DATABASE_SCHEMA names"));
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
	return error_hint(error_new(ERR_FAILED, "%s is at revision %s, %d before %s; this owctl brings up empty databases only",
				    where, plan->from->id, plan->pending, plan->to->id),
			  "make a backup, then let Open WebUI migrate it by starting that release on it");
}

fallible migration_plan(struct installation *installation, const struct revision *to, struct migration_plan *plan)
{
	const struct strings *recorded = &installation->recorded;
	*plan = (struct migration_plan){.to = to};
	if (recorded->count > 1) {
		AUTO(memory) char *list = strings_join(recorded, ", ");
		return error_hint(error_new(ERR_FAILED, "%s records %zu revisions: %s", db_display(installation->db),
					    recorded->count, list),
				  "a migration was run twice at once; `owctl migrate status` tells more");
	}
	if (recorded->count && !installation->revision)
		return error_hint(error_new(ERR_FAILED, "%s is at revision %s, which this owctl does not know",
					    db_display(installation->db), recorded->items[0]),
				  "the newest that it knows is %s (%s)", revision_head()->id, release_latest()->version);
	if (recorded->count)
		return plan_from(installation, plan);
	TRY(check_empty(installation));
	plan->pending = to->ordinal;
	return NULL;
}

static fallible apply(struct installation *installation, const struct revision *revision)
{
	const struct chain_step *step = chain_step(revision);
	log_detail("%s %s", revision->id, revision->title);
	return error_wrap(db_script(installation->db,
				    db_pick(installation->db, step->sqlite_sql, step->postgresql_sql)),
			  "revision %s", revision->id);
}

static fallible record(struct installation *installation, const struct revision *revision)
{
	struct db_value id = db_text(revision->id);
	TRY(db_script(installation->db, chain_version_table));
	return db_run(installation->db, "insert into alembic_version (version_num) values ($1)", &id, 1, NULL);
}

static fallible read_revision_anew(struct installation *installation)
{
	TRY(db_begin(installation->db, DB_READ));
	TRY(installation_read_revision(installation));
	db_rollback(installation->db);
	return NULL;
}

fallible migration_read_back(struct installation *installation, const struct migration_plan *plan)
{
	struct error *error = read_revision_anew(installation);
	if (error)
		return error_hint(error_wrap(error_without_hints(error),
					     "the database was brought to %s, but that could not be read back", plan->to->id),
				  "`owctl migrate status` tells the revision");
	if (installation->revision == plan->to)
		return NULL;
	return error_new(ERR_FAILED, "the database was brought to %s but records %s", plan->to->id,
			 installation->recorded.count ? installation->recorded.items[0] : "nothing");
}

fallible migration_run(struct installation *installation, const struct migration_plan *plan)
{
	for (int ordinal = 1; ordinal <= plan->to->ordinal; ordinal++)
		TRY(apply(installation, revision_at(ordinal)));
	return record(installation, plan->to);
}
