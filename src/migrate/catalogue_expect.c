#include "base/memory.h"
#include "migrate/alter.h"
#include "migrate/catalogue.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"

/* By ordinal; NULL where nobody has asked. */
static struct catalogue **known;

static fallible run_chain(struct db *db, int after, int to)
{
	for (int ordinal = after + 1; ordinal <= to; ordinal++) {
		const struct chain_step *step = chain_step(revision_at(ordinal));
		const char *more = step->code ? step->code->after_sqlite : NULL;
		TRY(error_wrap(alter_script(db, step->sqlite_sql), "revision %s", revision_at(ordinal)->id));
		if (more)
			TRY(error_wrap(alter_script(db, more), "revision %s", revision_at(ordinal)->id));
	}
	return NULL;
}

static fallible keep(struct db *db, int ordinal)
{
	struct catalogue *catalogue = mem_new(1, sizeof *catalogue);
	fallible error = catalogue_read(db, catalogue);
	if (error) {
		catalogue_cleanup(catalogue);
		free(catalogue);
		return error;
	}
	known[ordinal] = catalogue;
	return NULL;
}

static fallible work_out(int ordinal)
{
	AUTO(db) struct db *db = NULL;
	if (known[ordinal])
		return NULL;
	TRY(db_open_in_memory(&db));
	TRY(db_begin(db, DB_WRITE));
	TRY(run_chain(db, 0, ordinal));
	TRY(keep(db, ordinal));
	if (known[revision_count()])
		return NULL;
	TRY(run_chain(db, ordinal, revision_count()));
	return keep(db, revision_count());
}

fallible catalogue_expect(const struct revision *revision, const struct catalogue **expected,
			  const struct catalogue **newest)
{
	if (!known)
		known = mem_new((size_t)revision_count() + 1, sizeof *known);
	TRY(work_out(revision->ordinal));
	*expected = known[revision->ordinal];
	*newest = known[revision_count()];
	return NULL;
}
