/* A table or a column of a revision is missing in the midst of later ones: the revision failed, its error was swallowed
 * or it was stamped, and upstream went on; or somebody dropped it. What it makes is made by itself, as far as that does
 * not touch what came later; the rows as well, if what they are made of is there. */
#include "base/memory.h"
#include "migrate/chain/chain.h"
#include "migrate/chain/code.h"
#include "migrate/faults/kinds.h"
#include "migrate/faults/lack.h"
#include "migrate/faults/step.h"
#include "migrate/faults/table_again.h"

enum way { COLUMNS, TABLES, MESSAGES, AGAIN, BY_HAND };

static const char *const mendings[] = {
	[COLUMNS] = "it is done again, without what of it is there",
	[TABLES] = "it is made again, and its tables are empty: their rows are lost, take them from a backup",
	[MESSAGES] = "it is made again; mending `messages` gives it the rows that chats have",
	[AGAIN] = "it is done again, with the rows that can be made of what is there; take others from a backup",
	[BY_HAND] = "take what is missing from a backup: doing the revision again could lose what came after it",
};

struct lack {
	struct strings names, tables; /* all that is missing, and the tables of it */
	enum way way;
};

static void lack_cleanup(struct lack *lack)
{
	strings_cleanup(&lack->names);
	strings_cleanup(&lack->tables);
}

static enum way way_of(const struct trace *trace, const struct revision *revision, const struct lack *lack, bool whole)
{
	bool tables_alone = lack->tables.count == lack->names.count;
	enum lack_sources sources = lack_sources(trace, revision->ordinal);
	if (!chain_step(revision)->code)
		return lack->tables.count ? TABLES : COLUMNS;
	if (revision->ordinal == REVISION_8452d01d26d7)
		return tables_alone ? MESSAGES : BY_HAND;
	if (whole && sources != SOURCES_GONE)
		return AGAIN;
	return tables_alone && sources != SOURCES_THERE ? TABLES : BY_HAND;
}

static void look(const struct trace *trace, const struct revision *revision, struct lack *lack)
{
	bool whole = lack_names(trace, revision->ordinal, &lack->names);
	lack_tables(trace, revision->ordinal, &lack->tables);
	lack->way = way_of(trace, revision, lack, whole);
}

static void add(struct faults *faults, const struct revision *revision, const struct lack *lack)
{
	AUTO(memory) char *shown = names_shown(&lack->names);
	faults_add(faults,
		   (struct fault_about){.subject = revision->id,
					.mending = mendings[lack->way],
					.by_hand = lack->way == BY_HAND},
		   "revision %s came to nothing: %s %s missing", revision->id, shown,
		   lack->names.count == 1 ? "is" : "are");
}

static fallible find(struct faults *faults)
{
	const struct trace *trace;
	int recorded = faults->installation->revision->ordinal;
	TRY(trace_of(faults, &trace));
	int reached = lack_reached(trace, recorded);
	for (int ordinal = 1; ordinal <= reached; ordinal++) {
		AUTO(lack) struct lack lack = {0};
		look(trace, revision_at(ordinal), &lack);
		if (lack.names.count)
			add(faults, revision_at(ordinal), &lack);
	}
	return NULL;
}

static fallible mend(struct work *work, const struct fault *fault)
{
	const struct revision *revision = revision_find(fault->subject);
	const struct trace *trace;
	AUTO(faults) struct faults faults = {.installation = work->run->installation};
	AUTO(lack) struct lack lack = {0};
	TRY(trace_of(&faults, &trace));
	look(trace, revision, &lack);
	for (size_t i = 0; i < lack.tables.count; i++)
		TRY(table_make_again(work->db, lack.tables.items[i], work->run->installation->revision));
	if (lack.way == AGAIN)
		return step_run(work, revision);
	return lack.tables.count < lack.names.count ? step_run_sql(work, revision) : NULL;
}

const struct fault_kind fault_missing = {
	.name = "missing",
	.summary = "a table or a column is missing in the midst of later revisions",
	.by_catalogue = true,
	.find = find,
	.mend = mend,
};
