/* An earlier revision is recorded than the one that the database is at: somebody stamped it, or brought back the table
 * alembic_version alone. Each migration would trip over what is there already. Nothing but the record is changed. */
#include "base/memory.h"
#include "migrate/faults/kinds.h"
#include "migrate/faults/trace.h"
#include "migrate/recorded.h"

static fallible find(struct faults *faults)
{
	const struct trace *trace;
	TRY(trace_of(faults, &trace));
	if (!trace->ahead)
		return NULL;
	const char *real = revision_at(trace->ahead)->id;
	AUTO(memory) char *mending = text_format("%s is recorded, and `owctl migrate up` goes on from there", real);
	faults_add(faults, (struct fault_about){.subject = real, .mending = mending},
		   "revision %s is recorded, but what comes after it up to %s is there",
		   faults->installation->revision->id, real);
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	return recorded_move(work->db, work->run->installation->revision, revision_find(fault->subject));
}

const struct fault_kind fault_stamped_back = {
	.name = "stamped-back",
	.summary = "an earlier revision is recorded than the one that the database is at",
	.by_catalogue = true,
	.find = find,
	.mend = mend,
};
