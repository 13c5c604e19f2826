/* Two servers that migrate a SQLite database at once leave two rows in alembic_version, of which the later revision is
 * the true one: the loser only came too late to take its own away. */
#include "base/memory.h"
#include "migrate/faults/kinds.h"
#include "migrate/recorded.h"

/* NULL: one of them is not known. */
static const struct revision *newest_of(const struct strings *recorded)
{
	const struct revision *newest = NULL;
	for (size_t i = 0; i < recorded->count; i++) {
		const struct revision *revision = revision_find(recorded->items[i]);
		if (!revision)
			return NULL;
		if (!newest || revision->ordinal > newest->ordinal)
			newest = revision;
	}
	return newest;
}

static fallible find(struct faults *faults)
{
	const struct strings *recorded = &faults->installation->recorded;
	const struct revision *newest = newest_of(recorded);
	AUTO(memory) char *list = strings_join(recorded, ", ");
	if (recorded->count < 2)
		return NULL;
	AUTO(memory) char *mending = newest ? text_format("only %s, the latest of them, stays recorded", newest->id)
					    : text_copy("one of them is of a newer release, or of another program: "
							"delete the other rows of alembic_version");
	faults_add(faults,
		   (struct fault_about){.mending = mending, .by_hand = !newest, .rows = (int64_t)recorded->count},
		   "%zu revisions are recorded: %s", recorded->count, list);
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	(void)fault;
	TRY(installation_read_revision(work->run->installation));
	const struct revision *newest = newest_of(&work->run->installation->recorded);
	if (!newest)
		return error_new(ERR_BUSY, "somebody else changes what is recorded");
	return recorded_set(work->db, newest);
}

const struct fault_kind fault_two_revisions = {
	.name = "two-revisions",
	.summary = "several revisions are recorded, as two servers left them that started at once",
	.by_catalogue = true,
	.find = find,
	.mend = mend,
};
