#include "health/schema_words.h"

#include "base/memory.h"
#include "migrate/faults.h"
#include "migrate/journal.h"
#include "migrate/verify.h"

static enum schema_kind kind_of(const struct finding *finding)
{
	if (fault_kind_find(finding->name))
		return SCHEMA_BROKEN;
	return finding->breaks ? SCHEMA_MISSING : SCHEMA_SLOW;
}

fallible schema_each(struct installation *installation, enum schema_kind kind,
		     void (*tell)(void *state, const struct schema_fault *fault), void *state)
{
	AUTO(findings) struct findings findings = {0};
	const struct revision *cut_off;
	TRY(journal_cut_off(installation, &cut_off));
	if (cut_off)
		return NULL;
	TRY(verify_database(installation, true, &findings));
	for (size_t i = 0; i < findings.count; i++) {
		const struct finding *finding = &findings.items[i];
		const struct schema_fault fault = {.name = finding->name,
						   .place = finding->place,
						   .what = finding->what,
						   .mend = finding->mend,
						   .breaks = finding->breaks};
		if (finding->kind != FINDING_FOREIGN && kind_of(finding) == kind)
			tell(state, &fault);
	}
	return NULL;
}

fallible schema_is_unfinished(struct installation *installation, const char **cut_off, bool *goes_on)
{
	const struct revision *revision;
	AUTO(memory) char *backup = NULL;
	*goes_on = false;
	TRY(journal_cut_off(installation, &revision));
	*cut_off = revision ? revision->id : NULL;
	return revision ? NULL : journal_goes_on(installation, goes_on, &backup);
}
