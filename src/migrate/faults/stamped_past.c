/* A revision is recorded, but what it and all before it down to another one make is not there: somebody stamped the
 * database, or a server that could not migrate it did. Going back to what is there makes `migrate up` do the rest. */
#include "base/memory.h"
#include "migrate/faults/kinds.h"
#include "migrate/faults/lack.h"
#include "migrate/recorded.h"

static fallible find(struct faults *faults)
{
	const struct trace *trace;
	const struct revision *recorded = faults->installation->revision;
	AUTO(strings) struct strings names = {0};
	TRY(trace_of(faults, &trace));
	int reached = lack_reached(trace, recorded->ordinal);
	if (reached == recorded->ordinal || !reached)
		return NULL;
	for (int ordinal = reached + 1; ordinal <= recorded->ordinal; ordinal++)
		lack_names(trace, ordinal, &names);
	AUTO(memory) char *shown = names_shown(&names);
	const char *real = revision_at(reached)->id;
	AUTO(memory) char *mending = text_format("%s is recorded, and `owctl migrate up` goes on from there", real);
	faults_add(faults, (struct fault_about){.subject = real, .mending = mending},
		   "revision %s is recorded, but what came after %s is not there: %s", recorded->id, real, shown);
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	return recorded_move(work->db, work->run->installation->revision, revision_find(fault->subject));
}

const struct fault_kind fault_stamped_past = {
	.name = "stamped-past",
	.summary = "a revision is recorded that was not applied, nor those before it",
	.by_catalogue = true,
	.find = find,
	.mend = mend,
};
