#include "migrate/faults.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "migrate/faults/kinds.h"
#include "migrate/faults/trace.h"
#include "migrate/patience.h"

#define MOST_SHOWN 5

const struct fault_kind *const fault_kinds[] = {
	&fault_two_revisions, &fault_stamped_back,  &fault_left_behind,	 &fault_scratch_table,
	&fault_user_json,     &fault_begun,	    &fault_stamped_past, &fault_no_key,
	&fault_missing,	      &fault_group_members, &fault_access_lists, &fault_old_chat,
	&fault_messages,      &fault_encoded_twice, &fault_orphans,	 &fault_emails,
	&fault_foreign_keys,  &fault_pending_index, NULL};

const struct fault_kind *fault_kind_find(const char *name)
{
	for (size_t i = 0; fault_kinds[i]; i++)
		if (text_equal(fault_kinds[i]->name, name))
			return fault_kinds[i];
	return NULL;
}

void faults_cleanup(struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		free(faults->items[i].subject);
		free(faults->items[i].what);
		free(faults->items[i].mending);
	}
	free(faults->items);
	trace_free(faults->trace);
	catalogue_cleanup(&faults->live);
	*faults = (struct faults){0};
}

void faults_add(struct faults *faults, struct fault_about about, const char *format, ...)
{
	if (faults->count == faults->room) {
		faults->room = faults->room ? 2 * faults->room : 8;
		faults->items = mem_resize(faults->items, faults->room, sizeof *faults->items);
	}
	va_list args;
	va_start(args, format);
	faults->items[faults->count++] = (struct fault){.kind = faults->kind,
							.subject = text_copy(about.subject),
							.what = text_format_v(format, args),
							.mending = text_copy(about.mending),
							.by_hand = about.by_hand || !faults->kind->mend,
							.rows = about.rows};
	va_end(args);
}

/* ---- finding ---- */

fallible faults_live(struct faults *faults, const struct catalogue **live)
{
	if (!faults->has_live)
		TRY(catalogue_read(faults->installation->db, &faults->live));
	faults->has_live = true;
	*live = &faults->live;
	return NULL;
}

static bool has_kind(const struct faults *faults, const struct fault_kind *kind)
{
	for (size_t i = 0; i < faults->count; i++)
		if (faults->items[i].kind == kind)
			return true;
	return false;
}

/* Where the database is at another revision than it records, others would be looked for by the wrong one. */
static fallible check_place(struct faults *faults, bool *wrong)
{
	const struct trace *trace;
	TRY(trace_of(faults, &trace));
	*wrong = trace->ahead;
	if (!*wrong || has_kind(faults, &fault_stamped_back))
		return NULL;
	return error_hint(error_new(ERR_FAILED, "%s records %s, but is at %s", db_display(faults->installation->db),
				    faults->installation->revision->id, revision_at(trace->ahead)->id),
			  "`owctl migrate repair --only %s` mends that, and has to come first",
			  fault_stamped_back.name);
}

fallible faults_find_kind(struct installation *installation, const struct fault_kind *kind, struct faults *faults)
{
	bool wrong = false;
	faults->installation = installation;
	faults->kind = kind;
	if (installation->revision && kind != &fault_two_revisions && kind != &fault_stamped_back)
		TRY(check_place(faults, &wrong));
	if (wrong)
		return NULL;
	if (!installation->revision && !(installation->standing == STANDING_BROKEN && kind == &fault_two_revisions))
		return NULL;
	return error_wrap(kind->find(faults), "looking for the fault %s", kind->name);
}

fallible faults_find(struct installation *installation, enum faults_of which, struct faults *faults)
{
	for (size_t i = 0; fault_kinds[i]; i++)
		if (which == FAULTS_ALL || fault_kinds[i]->by_catalogue)
			TRY(faults_find_kind(installation, fault_kinds[i], faults));
	return NULL;
}

fallible faults_refuse(struct installation *installation)
{
	AUTO(faults) struct faults faults = {0};
	AUTO(str) struct str list = {0};
	size_t count = 0;
	TRY(faults_find(installation, FAULTS_OF_CATALOGUE, &faults));
	for (size_t i = 0; i < faults.count; i++) {
		const struct fault *fault = &faults.items[i];
		if (!fault->kind->harmless && count++ < MOST_SHOWN)
			str_add_format(&list, "%s%s (%s)", list.size ? "; " : "", fault->what, fault->kind->name);
	}
	if (!count)
		return NULL;
	if (count > MOST_SHOWN)
		str_add_format(&list, "; and %zu more", count - MOST_SHOWN);
	return error_hint(error_new(ERR_FAILED, "%s is broken, nothing was changed: %s", db_display(installation->db),
				    str_text(&list)),
			  "`owctl migrate repair --dry-run` tells what can be done about it, `owctl migrate repair` "
			  "does it");
}

/* ---- mending ---- */

static fallible mend(struct installation *installation, const struct fault *fault, const struct manner *manner,
		     struct patience *patience, bool *changed)
{
	struct run run = {.installation = installation, .to = installation->revision, .manner = *manner};
	struct work work = {.run = &run,
			    .db = installation->db,
			    .now = clock_now(),
			    .committed = clock_monotonic_ms()};
	TRY(run_read_pace(&run));
	TRY(db_begin(installation->db, DB_WRITE));
	struct error *error = fault->kind->mend(&work, fault);
	if (!error)
		error = db_commit(installation->db);
	if (!error || work.got_on) {
		*changed = true;
		patience_got_on(patience);
	}
	return error;
}

/* Again where others are in the way: what is mended by then is found to be so. */
static fallible mend_patiently(struct installation *installation, const struct fault *fault,
			       const struct manner *manner, bool *changed)
{
	struct patience patience = {.db = installation->db, .most_s = manner->lock_wait_s};
	AUTO(strings) struct strings tables = {0};
	struct error *error;
	bool blocked;
	if (fault->subject)
		strings_add(&tables, fault->subject);
	db_limit_lock_wait(installation->db, PATIENCE_TRY_S);
	do {
		error = mend(installation, fault, manner, &patience, changed);
		blocked = error && db_was_blocked(installation->db);
		db_rollback(installation->db);
	} while (blocked && patience_goes_on(&patience, &tables, &error));
	return error;
}

fallible fault_mend(struct installation *installation, const struct fault *fault, const struct manner *manner,
		    bool *changed)
{
	TRY(error_wrap(mend_patiently(installation, fault, manner, changed), "mending %s", fault->kind->name));
	TRY(installation_look_again(installation));
	db_rollback(installation->db);
	return NULL;
}
