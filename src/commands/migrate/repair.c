/* What is broken, told and, after a question, mended. */
#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/repair.h"
#include "migrate/rights.h"

static void complete_fault(const struct completing *completing UNUSED, const char *prefix, struct strings *words)
{
	for (size_t i = 0; fault_kinds[i]; i++)
		if (text_starts(fault_kinds[i]->name, prefix))
			strings_add_taken(words, text_format("%s\t%s", fault_kinds[i]->name, fault_kinds[i]->summary));
}

static const struct option options[] = {
	{.name = "only",
	 OPTION_TEXTS(struct repair_arguments, only),
	 .value_name = "FAULT",
	 .help = "look for this kind of fault only, and mend no other",
	 .complete = complete_fault},
	{.name = "no-backup",
	 OPTION_FLAG(struct repair_arguments, no_backup),
	 .help = "make no copy of the database before the first change"},
	MIGRATE_OPTION_ONLINE(struct repair_arguments),
	MIGRATE_OPTION_WAIT(struct repair_arguments),
	MIGRATE_OPTION_LOCK_WAIT(struct repair_arguments),
	{0},
};

static const struct column columns[] = {
	{"fault", COLUMN_TEXT, .help = "name of its kind, for --only"},
	{"what", COLUMN_TEXT, .help = "what is broken"},
	{"mending", COLUMN_TEXT, .help = "what mends it"},
	{"rows", COLUMN_INTEGER, .help = "rows that it is about; 0: none, or not counted"},
	{"state", COLUMN_TEXT, .help = "`found`, `mended`, or `by hand`: owctl can't mend it"},
	{0},
};

/* ---- looking ---- */

bool repair_wants(const struct repair_arguments *arguments, const struct fault_kind *kind)
{
	return !arguments->only.count || strings_have(&arguments->only, kind->name);
}

static fallible check_names(const struct repair_arguments *arguments)
{
	AUTO(str) struct str names = {0};
	for (size_t i = 0; fault_kinds[i]; i++)
		str_add_format(&names, "%s%s", i ? ", " : "", fault_kinds[i]->name);
	for (size_t i = 0; i < arguments->only.count; i++)
		if (!fault_kind_find(arguments->only.items[i]))
			return error_hint(error_new(ERR_USAGE, "'%s' is no kind of fault", arguments->only.items[i]),
					  "they are %s", str_text(&names));
	return NULL;
}

fallible repair_look(struct installation *installation, const struct repair_arguments *arguments, struct faults *found)
{
	for (size_t i = 0; fault_kinds[i]; i++)
		if (repair_wants(arguments, fault_kinds[i]))
			TRY(faults_find_kind(installation, fault_kinds[i], found));
	return NULL;
}

/* ---- telling ---- */

static fallible print_faults(struct output *output, const struct faults *faults, bool mended)
{
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];
		output_string(output, fault->kind->name);
		output_string(output, fault->what);
		output_string(output, fault->mending);
		output_integer(output, fault->rows);
		output_string(output, mended ? "mended" : fault->by_hand ? "by hand" : "found");
		TRY(output_row(output));
	}
	return NULL;
}

fallible repair_print(struct context *context, const struct faults *mended, const struct faults *left)
{
	AUTO(output) struct output *output = NULL;
	if (context_is_silent(context) && !left->count)
		return NULL;
	TRY(context_output(context, &output));
	TRY(print_faults(output, mended, true));
	TRY(print_faults(output, left, false));
	return output_close(output);
}

fallible repair_left(const struct faults *left)
{
	if (!left->count)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "%zu fault%s left", left->count, left->count == 1 ? " is" : "s are"),
			  "%s: %s", left->items[0].kind->name, left->items[0].mending);
}

static size_t mendable(const struct faults *faults)
{
	size_t count = 0;
	for (size_t i = 0; i < faults->count; i++)
		count += !faults->items[i].by_hand;
	return count;
}

/* Tables and columns are mended as revisions make them; rows take no more rights than a server has. */
static fallible check_rights(const struct installation *installation, const struct faults *plan)
{
	const struct revision *revision = installation->revision ? installation->revision : revision_head();
	bool of_catalogue = false;
	for (size_t i = 0; i < plan->count; i++)
		of_catalogue |= plan->items[i].kind->by_catalogue && !plan->items[i].by_hand;
	return of_catalogue ? rights_check(installation, 1, revision->ordinal) : NULL;
}

static fallible ask(struct context *context, struct installation *installation, const struct faults *plan)
{
	size_t count = mendable(plan);
	AUTO(memory) char *where = installation_describe(installation);
	for (size_t i = 0; !context->globals.yes && i < plan->count; i++)
		log_note("%s: %s: %s%s", plan->items[i].kind->name, plan->items[i].what,
			 plan->items[i].by_hand ? "by hand: " : "", plan->items[i].mending);
	return context_confirm(context, "Mend %zu fault%s in %s?", count, count == 1 ? "" : "s", where);
}

static fallible run(struct context *context, const void *values)
{
	const struct repair_arguments *arguments = values;
	const struct installation_options how = {.access = DB_WRITE,
						 .for_change = true,
						 .look_first = true,
						 .large_work = true,
						 .any_revision = true};
	const struct faults none = {0};
	AUTO(faults) struct faults plan = {0};
	AUTO(installation) struct installation installation = {0};
	TRY(check_names(arguments));
	TRY(command_open_as(context, how, &installation));
	if (installation.standing != STANDING_BROKEN)
		TRY(migrate_check_recorded(&installation));
	TRY(repair_look(&installation, arguments, &plan));
	if (!context->globals.dry_run && mendable(&plan)) {
		TRY(check_rights(&installation, &plan));
		TRY(ask(context, &installation, &plan));
		return repair_mend(context, &installation, arguments, &plan);
	}
	migrate_tell_refusal(check_rights(&installation, &plan));
	TRY(repair_print(context, &none, &plan));
	if (!plan.count)
		log_note("nothing of %s is broken%s", db_display(installation.db),
			 arguments->only.count ? " in this way" : "");
	if (!context->globals.dry_run || !plan.count)
		return repair_left(&plan);
	return error_new(ERR_NO, "%s has %zu fault%s", db_display(installation.db), plan.count,
			 plan.count == 1 ? "" : "s");
}

const struct command migrate_repair_command = {
	.name = "repair",
	.summary = "mend what a migration that failed has left, or a release's own bug",
	.description =
		"Finds what migrations of Open WebUI leave that were killed, failed, or were recorded without being "
		"done, and what rows a release's own bug has damaged; tells what mends it and how many rows it is "
		"about; and does it, with --yes or after a question. Afterwards it looks again, and tells what is "
		"left. With --dry-run it tells only, and exits 2 where something is broken.\n\n"
		"A mended database is what one is that was migrated undisturbed, or goes on with `owctl migrate up`. "
		"What is dropped holds nothing, or what stands elsewhere too. One owctl changes a database at a "
		"time; one to which others are connected is left alone without --online. Before the first change an "
		"SQLite database is copied, and the copy checked; of one on PostgreSQL a snapshot is made, as by "
		"`owctl migrate up`. Large tables are mended page by page, so after a kill the same command goes on. "
		"On PostgreSQL the role has to own the tables where tables or columns are mended.",
	.options = options,
	.examples = (const struct example[]){{"owctl migrate repair --dry-run",
					      "shows what is broken, and what would mend it"},
					     {"owctl migrate repair --yes && owctl migrate up", "after a failed start"},
					     {"owctl migrate repair --only messages --online --yes --no-backup",
					      "beside a server, after a backup"},
					     {0}},
	.exits = (const int[]){ERR_NO, ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.changes = true,
	.size = sizeof(struct repair_arguments),
	.run = run,
};
