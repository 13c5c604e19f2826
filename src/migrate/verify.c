#include "migrate/verify.h"

#include "base/memory.h"
#include "migrate/faults.h"
#include "migrate/journal.h"

static void add_cut_off(const struct revision *revision, struct findings *findings)
{
	findings_add(findings, (struct finding){.name = "cut-off",
						.place = text_copy(revision->id),
						.what = text_copy("a migration was cut off in this revision; "
								  "nothing else was looked at"),
						.mend = text_copy("owctl migrate up"),
						.breaks = true});
}

/* Of the same things the comparison tells each by itself. */
static bool is_told_already(const struct fault *fault)
{
	static const char *const kinds[] = {"missing", "stamped-past", "foreign-keys"};
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (text_equal(fault->kind->name, kinds[i]))
			return true;
	return false;
}

static void add_fault(const struct fault *fault, struct findings *findings)
{
	findings_add(findings,
		     (struct finding){.kind = fault->kind->by_catalogue ? FINDING_CATALOGUE : FINDING_DATA,
				      .name = fault->kind->name,
				      .place = text_copy(fault->subject ? fault->subject : "database"),
				      .what = text_copy(fault->what),
				      .mend = text_copy(fault->by_hand ? fault->mending : "owctl migrate repair"),
				      .breaks = !fault->kind->harmless,
				      .count = fault->rows});
}

/* What is there of later revisions is what a broken state consists of, and is told by it. */
static fallible find_faults(struct installation *installation, bool catalogue_only, struct findings *findings)
{
	AUTO(faults) struct faults faults = {0};
	bool explained = false;
	TRY(faults_find(installation, catalogue_only ? FAULTS_OF_CATALOGUE : FAULTS_ALL, &faults));
	for (size_t i = 0; i < faults.count; i++) {
		if (is_told_already(&faults.items[i]))
			continue;
		explained |= faults.items[i].kind->by_catalogue && !faults.items[i].kind->harmless;
		add_fault(&faults.items[i], findings);
	}
	if (explained)
		findings_remove(findings, "of-later-revision");
	return NULL;
}

/* What keeps it from being held against the revision that it records. */
static fallible find_what_comes_first(struct installation *installation, struct findings *findings)
{
	const struct revision *cut_off;
	AUTO(faults) struct faults faults = {0};
	TRY(journal_cut_off(installation, &cut_off));
	if (cut_off)
		add_cut_off(cut_off, findings);
	else
		TRY(faults_find_kind(installation, fault_kind_find("stamped-back"), &faults));
	if (faults.count)
		add_fault(&faults.items[0], findings);
	return NULL;
}

fallible verify_database(struct installation *installation, bool catalogue_only, struct findings *findings)
{
	AUTO(catalogues) struct catalogues catalogues = {0};
	TRY(find_what_comes_first(installation, findings));
	if (findings->count)
		return NULL;
	TRY(catalogues_read(installation->db, installation->revision, &catalogues));
	verify_catalogue(&catalogues, db_can(installation->db, DB_CAN_ALTER_TABLES), findings);
	TRY(find_faults(installation, catalogue_only, findings));
	return catalogue_only ? NULL : verify_rows(installation, &catalogues, findings);
}
