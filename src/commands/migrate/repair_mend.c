/* Mending, kind by kind in the order of fault_kinds, each looked for anew, as mending one brings to light another. */
#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/repair.h"

/* What was mended, and the kind that was begun. */
struct mended {
	struct faults faults;
	const char *begun; /* or NULL */
};

static void mended_cleanup(struct mended *mended)
{
	faults_cleanup(&mended->faults);
}

static void record(struct context *context, const char *where, const struct mended *mended, const char *backup)
{
	json_auto_t *list = json_array();
	for (size_t i = 0; i < mended->faults.count; i++) {
		const struct fault *fault = &mended->faults.items[i];
		json_array_append_new(list, json_pack("{s:s,s:o,s:I}", "fault", fault->kind->name, "what",
						      audit_text(fault->what), "rows", (json_int_t)fault->rows));
	}
	json_auto_t *details = json_pack("{s:O,s:s?,s:o}", "mended", list, "begun", mended->begun, "backup",
					 audit_text(backup));
	context->change = CHANGE_MADE;
	audit_record(context, where, details);
}

static fallible look_again(struct installation *installation, const struct repair_arguments *arguments,
			   struct faults *found)
{
	TRY(installation_look_again(installation));
	TRY(repair_look(installation, arguments, found));
	db_rollback(installation->db);
	return NULL;
}

static bool is_planned(const struct faults *plan, const struct fault *fault)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->items[i].kind == fault->kind && text_equal(plan->items[i].subject, fault->subject))
			return true;
	return false;
}

static fallible mend_kind(struct installation *installation, const struct repair_arguments *arguments,
			  const struct faults *plan, const struct fault_kind *kind, struct mended *mended)
{
	const struct manner manner = {.online = arguments->online, .lock_wait_s = arguments->lock_wait};
	AUTO(faults) struct faults found = {0};
	TRY(installation_look_again(installation));
	TRY(faults_find_kind(installation, kind, &found));
	db_rollback(installation->db);
	for (size_t i = 0; i < found.count; i++) {
		const struct fault *fault = &found.items[i];
		if (fault->by_hand || (kind->takes_rows && !is_planned(plan, fault)))
			continue;
		log_note("%s: %s", kind->name, fault->what);
		bool changed = false;
		struct error *error = fault_mend(installation, fault, &manner, &changed);
		mended->begun = error && changed ? kind->name : NULL;
		TRY(error);
		mended->faults.kind = kind;
		faults_add(&mended->faults,
			   (struct fault_about){
				   .subject = fault->subject, .mending = fault->mending, .rows = fault->rows},
			   "%s", fault->what);
	}
	return NULL;
}

static fallible mend_all(struct installation *installation, const struct repair_arguments *arguments,
			 const struct faults *plan, struct mended *mended)
{
	for (size_t i = 0; fault_kinds[i]; i++)
		if (repair_wants(arguments, fault_kinds[i]))
			TRY(mend_kind(installation, arguments, plan, fault_kinds[i], mended));
	return NULL;
}

static fallible prepare(struct context *context, struct installation *installation,
			const struct repair_arguments *arguments, char **backup)
{
	TRY(migrate_take(installation, arguments->wait, arguments->online));
	if (arguments->no_backup)
		return NULL;
	TRY(migrate_remove_parts(installation));
	return migrate_back_up(context, installation, false, backup);
}

fallible repair_mend(struct context *context, struct installation *installation,
		     const struct repair_arguments *arguments, const struct faults *plan)
{
	AUTO(mended) struct mended mended = {0};
	AUTO(faults) struct faults left = {0};
	AUTO(memory) char *backup = NULL;
	AUTO(memory) char *where = installation_describe(installation);
	TRY(prepare(context, installation, arguments, &backup));
	log_note("changing %s", where);
	struct error *error = mend_all(installation, arguments, plan, &mended);
	db_rollback(installation->db); /* after an error */
	if (mended.faults.count || mended.begun)
		record(context, where, &mended, backup);
	if (error) {
		migrate_tell_backup(backup);
		if (db_commit_unknown(installation->db))
			error = error_without_hints(error);
		return error_hint_also(error, "what is mended stays, and the same command goes on; --only mends the "
					      "others without this one");
	}
	error = look_again(installation, arguments, &left);
	error = error_hint(command_not_read_back(error), "`owctl migrate repair --dry-run` shows what is left");
	error = error_first(error, repair_print(context, &mended.faults, &left));
	migrate_tell_way_back(context, installation, backup);
	return error ? error : repair_left(&left);
}
