#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/migrate.h"
#include "migrate/blockers.h"
#include "migrate/faults.h"
#include "migrate/forecast.h"
#include "migrate/rights.h"

struct arguments {
	const char *to;
	bool online;
};

static const struct option options[] = {
	{.name = "to",
	 OPTION_TEXT(struct arguments, to),
	 .value_name = "REVISION",
	 .help = "plan up to this revision, or to the one of this release, instead of the newest",
	 .complete = complete_revision},
	{.name = "online",
	 OPTION_FLAG(struct arguments, online),
	 .help = "tell the locks that `migrate up --online` takes"},
	{0},
};

static const struct column columns[] = {
	{"revision", COLUMN_TEXT, .help = "revision that is pending, oldest first"},
	{"title", COLUMN_TEXT, .help = "what it brings"},
	{"does", COLUMN_TEXT, .extra = true, .help = "what it does to which tables"},
	{"rows", COLUMN_INTEGER, .help = "about how many rows it reads or writes"},
	{"bytes", COLUMN_INTEGER, .help = "about how large they are"},
	{"locks", COLUMN_TEXT, .extra = true, .help = "locks that others notice, the strongest on each table"},
	{"seconds", COLUMN_INTEGER, .help = "about how long it takes on a machine of two cores with a local disk"},
	{"disk", COLUMN_INTEGER, .help = "about how many bytes of disk it needs, for good or until it is done"},
	{"own", COLUMN_TEXTS, .extra = true,
	 .help = "columns, indexes, foreign keys and triggers of these tables that are not Open WebUI's, and stay as "
		 "they are"},
	{"blockers", COLUMN_TEXTS,
	 .help = "rows, and what is not Open WebUI's, that keep it from being applied; then `migrate up` changes "
		 "nothing"},
	{0},
};

struct plan {
	struct migration_plan migration;
	struct forecaster forecaster;
	struct blockers blockers;
	struct strings own;
};

/* In the way of one revision; borrowed, to be freed. */
static const char **blockers_of(const struct blockers *blockers, const struct revision *revision, size_t *count)
{
	const char **texts = mem_new(blockers->count + 1, sizeof *texts);
	*count = 0;
	for (size_t i = 0; i < blockers->count; i++)
		if (blockers->items[i].revision == revision)
			texts[(*count)++] = blockers->items[i].what;
	return texts;
}

/* Of the tables that a revision works on; borrowed, to be freed. */
static const char **own_of(const struct strings *own, const struct effects *effects, size_t *count)
{
	const char **texts = mem_new(own->count + 1, sizeof *texts);
	*count = 0;
	for (size_t i = 0; i < own->count; i++) {
		bool touched = false;
		for (size_t j = 0; j < effects->count; j++)
			touched = touched || own_is_on(own->items[i], effects->items[j].table);
		if (touched)
			texts[(*count)++] = own->items[i];
	}
	return texts;
}

static fallible print_revision(struct output *output, struct plan *plan, const struct revision *revision, bool online)
{
	AUTO(memory) char *locks = NULL;
	AUTO(effects) struct effects effects = {0};
	struct forecast forecast;
	TRY(effects_of(plan->forecaster.db, revision, &effects));
	TRY(forecast_next(&plan->forecaster, &effects, &forecast));
	AUTO(memory) char *does = effects_describe(&effects);
	TRY(effects_locks(plan->forecaster.db, revision, &effects, online, &locks));
	size_t count, own_count;
	AUTO(memory) const char **blockers = blockers_of(&plan->blockers, revision, &count);
	AUTO(memory) const char **own = own_of(&plan->own, &effects, &own_count);
	output_string(output, revision->id);
	output_string(output, revision->title);
	output_string(output, does);
	output_integer(output, forecast.rows);
	output_integer(output, forecast.bytes);
	output_string(output, locks);
	output_integer(output, forecast.milliseconds / 1000);
	output_integer(output, forecast.kept + forecast.passing);
	output_texts(output, own, own_count);
	output_texts(output, blockers, count);
	return output_row(output);
}

static fallible print(struct context *context, struct plan *plan, bool online)
{
	const struct migration_plan *migration = &plan->migration;
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	for (int ordinal = migration_first(migration); ordinal <= migration->to->ordinal; ordinal++)
		TRY(print_revision(output, plan, revision_at(ordinal), online));
	TRY(output_close(output));
	const struct forecast *total = &plan->forecaster.total;
	if (migration->pending)
		log_note("%d revisions, about %lld s and %lld MiB of disk", migration->pending,
			 (long long)total->milliseconds / 1000 + 1,
			 (long long)((total->kept + total->passing) >> 20));
	else
		log_note("nothing is pending: the database is at %s", migration->to->id);
	return NULL;
}

static fallible answer(const struct blockers *blockers)
{
	size_t count = blockers->count;
	AUTO(memory) char *remedies = blockers_remedies(blockers);
	if (!count)
		return NULL;
	return error_hint(error_new(ERR_NO, "%zu blocker%s the database from being migrated", count,
				    count == 1 ? " keeps" : "s keep"),
			  "%s", remedies);
}

static fallible run_plan(struct context *context, struct installation *installation, const struct revision *to,
			 bool online, struct plan *plan)
{
	TRY(migration_plan(installation, to, &plan->migration));
	TRY(faults_refuse(installation)); /* what a broken database records says nothing about what is pending */
	plan->forecaster = (struct forecaster){.db = installation->db, .plan = &plan->migration};
	if (plan->migration.from)
		TRY(blockers_find(installation, plan->migration.from, to, &plan->blockers));
	if (plan->migration.from)
		TRY(own_find(installation->db, plan->migration.from, &plan->own));
	TRY(print(context, plan, online));
	migrate_tell_own(&plan->own, "left untouched");
	if (plan->migration.pending)
		migrate_tell_refusal(rights_check(installation, migration_first(&plan->migration), to->ordinal));
	return answer(&plan->blockers);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	const struct installation_options how = {.access = DB_READ, .large_work = true, .any_revision = true};
	const struct revision *to;
	struct plan plan = {0};
	AUTO(installation) struct installation installation = {0};
	TRY(migration_target(arguments->to, &to));
	TRY(command_open_as(context, how, &installation));
	struct error *error = run_plan(context, &installation, to, arguments->online, &plan);
	forecaster_cleanup(&plan.forecaster);
	blockers_cleanup(&plan.blockers);
	strings_cleanup(&plan.own);
	return error;
}

const struct command migrate_plan_command = {
	.name = "plan",
	.summary = "tell what pending revisions would do here, and what blocks them",
	.description =
		"Lists the pending revisions, with what each does to which tables, the rows and bytes that it reads or "
		"writes on this database, the locks that it takes, about how long it lasts and how much disk it needs, "
		"and the rows that could not be carried over, each named. What is not Open WebUI's (an owner's tables, "
		"columns, indexes, views, triggers) is named as well, and left untouched; where it can't be, as it "
		"hangs on what a revision takes away, it blocks that. Sizes come from statistics "
		"and samples, so that no large table is read for them; the search for blockers reads what it has "
		"to. With --online at the end of the run nobody reads or writes chats for the moment in which those "
		"that changed meanwhile are done again.\n\n"
		"Of rights on tables or on the schema that the role lacks it warns; `owctl migrate up` is refused "
		"then.\n\n"
		"Exits 2 if anything blocks the migration, 1 if the database is broken. Reads only.",
	.options = options,
	.examples = (const struct example[]){{"owctl migrate plan", "what is pending, and what it costs here"},
					     {"owctl migrate plan --columns revision,does,locks",
					      "what each revision does, and what it locks"},
					     {"owctl migrate plan --to 0.11.4 -o json",
					      "up to this release, for a program"},
					     {0}},
	.exits = (const int[]){ERR_NO, ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
