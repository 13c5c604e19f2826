#include "migrate/up.h"

#include <stdint.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/progress.h"
#include "migrate/alter.h"
#include "migrate/chain/chain.h"
#include "migrate/recorded.h"

/* Of owctl's own: "owctl" in ASCII. Open WebUI takes none for its migrations. */
#define MIGRATION_LOCK 0x6f7763746cLL

fallible migration_lock(struct installation *installation)
{
	TRY(db_lock(installation->db, MIGRATION_LOCK));
	return installation_read_revision(installation);
}

#define LOOK_EVERY_MS 500

fallible migration_hold(struct installation *installation, int64_t wait_s)
{
	int64_t deadline = clock_monotonic_ms() + wait_s * 1000;
	for (bool told = false;; told = true) {
		AUTO(memory) char *holder = NULL;
		TRY(db_hold(installation->db, MIGRATION_LOCK, &holder));
		if (!holder)
			return NULL;
		if (clock_monotonic_ms() >= deadline)
			return error_hint(
				error_new(ERR_BUSY, "%s is being migrated by %s", db_display(installation->db), holder),
				"it may take a while; --wait 10m waits for it");
		if (!told)
			log_note("waiting for %s, who migrates the database", holder);
		cancel_sleep(LOOK_EVERY_MS);
		TRY(cancel_check());
	}
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

/* ---- an empty database ---- */

static fallible run_sql(struct db *db, const struct revision *revision)
{
	const char *after = chain_sql_after(db, revision);
	log_detail("%s %s", revision->id, revision->title);
	TRY(alter_script(db, chain_sql(db, revision)));
	return after ? alter_script(db, after) : NULL;
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

fallible schema_create(struct db *db, const struct revision *to)
{
	struct error *error = NULL;
	struct progress progress;
	progress_start(&progress, "applying", "revisions", (size_t)to->ordinal, SIZE_MAX);
	for (int ordinal = 1; !error && ordinal <= to->ordinal; ordinal++) {
		const struct revision *revision = revision_at(ordinal);
		error = error_wrap(run_sql(db, revision), "revision %s", revision->id);
		progress_step(&progress);
	}
	progress_end();
	return error ? error : recorded_create(db, to);
}

fallible migration_create(struct installation *installation, const struct migration_plan *plan)
{
	struct error *error = schema_create(installation->db, plan->to);
	return error && db_name_taken(installation->db) ? somebody_else(installation, error) : error;
}
