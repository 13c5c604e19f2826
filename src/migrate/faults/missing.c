/* A table or a column of a revision is missing in the midst of later ones: the revision failed, its error was swallowed
 * or it was stamped, and upstream went on. What it makes is made by itself, as far as that does not touch what came
 * later. */
#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/faults/kinds.h"
#include "migrate/faults/lack.h"
#include "migrate/faults/step.h"

static void add(struct faults *faults, const struct revision *revision, bool whole, const struct strings *names)
{
	AUTO(memory) char *shown = names_shown(names);
	const char *mending = "it is done again, without what of it is there";
	bool by_hand = false;
	if (!whole && chain_step(revision)->code) {
		mending = "take what is missing from a backup: doing the revision again could lose what came after it";
		by_hand = true;
	}
	faults_add(faults, (struct fault_about){.subject = revision->id, .mending = mending, .by_hand = by_hand},
		   "revision %s came to nothing: %s %s missing", revision->id, shown, names->count == 1 ? "is" : "are");
}

static fallible find(struct faults *faults)
{
	const struct trace *trace;
	int recorded = faults->installation->revision->ordinal;
	TRY(trace_of(faults, &trace));
	int reached = lack_reached(trace, recorded);
	for (int ordinal = 1; ordinal <= reached; ordinal++) {
		AUTO(strings) struct strings names = {0};
		bool whole = lack_names(trace, ordinal, &names);
		if (names.count)
			add(faults, revision_at(ordinal), whole, &names);
	}
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	const struct revision *revision = revision_find(fault->subject);
	return chain_step(revision)->code ? step_run(work, revision) : step_run_sql(work, revision);
}

const struct fault_kind fault_missing = {
	.name = "missing",
	.summary = "a table or a column is missing in the midst of later revisions",
	.by_catalogue = true,
	.find = find,
	.mend = mend,
};
