#include "migrate/up.h"

#include <stdint.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/progress.h"
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
	TRY(db_lock(installation->db, MIGRATION_LOCK));
	return installation_read_revision(installation);
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
	return error_hint(error_new(ERR_FAILED,
				    "%s is at revision %s, %d before %s; this owctl brings up empty databases only",
				    where, plan->from->id, plan->pending, plan->to->id),
			  "make a backup, then let Open WebUI migrate it by starting that release on it");
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

fallible migration_check(struct installation *installation, const struct migration_plan *plan, char **fault)
{
	TRY(installation_read_revision(installation));
	if (installation->revision != plan->to)
		*fault = text_format("the database records %s instead of %s",
				     installation->recorded.count ? installation->recorded.items[0] : "no revision",
				     plan->to->id);
	return NULL;
}

/* The database had none of these tables when it was looked at: whoever makes them now is at it as well. Open WebUI
 * takes no lock for its migrations, so this shows only when two want the same name. */
static fallible somebody_else(struct installation *installation, struct error *cause)
{
	AUTO(memory) char *text = error_text(cause);
	error_free(cause);
	return error_hint(error_new(ERR_BUSY,
				    "%s: somebody else makes tables there at the same time, nothing was changed (%s)",
				    db_display(installation->db), text),
			  "is Open WebUI starting on it? `owctl migrate status` tells when it is done");
}

fallible migration_run(struct installation *installation, const struct migration_plan *plan)
{
	struct error *error = NULL;
	struct progress progress;
	progress_start(&progress, "applying", "revisions", (size_t)plan->pending, SIZE_MAX);
	for (int ordinal = 1; !error && ordinal <= plan->to->ordinal; ordinal++) {
		error = apply(installation, revision_at(ordinal));
		progress_step(&progress);
	}
	progress_end();
	if (!error)
		error = record(installation, plan->to);
	return error && db_name_taken(installation->db) ? somebody_else(installation, error) : error;
}
