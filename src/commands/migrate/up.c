#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/migrate.h"
#include "openwebui/database.h"

struct arguments {
	const char *to;
};

static const struct option options[] = {
	{.name = "to",
	 OPTION_TEXT(struct arguments, to),
	 .value_name = "REVISION",
	 .help = "stop at this revision, or at the one of this release, instead of the newest",
	 .complete = complete_revision},
	{0},
};

static const struct column columns[] = {
	{"database", COLUMN_TEXT, .help = "where the database is"},
	{"from", COLUMN_TEXT, .nullable = true, .help = "revision before; null for an empty database"},
	{"to", COLUMN_TEXT, .help = "revision after"},
	{"releases", COLUMN_TEXT, .nullable = true, .help = "releases of Open WebUI that have it as their newest"},
	{"applied", COLUMN_INTEGER, .help = "number of revisions applied"},
	{"outcome", COLUMN_TEXT,
	 .help = "`migrated`, `nothing to do`, `would migrate`, or `unknown` where the connection was lost"
		 " while committing"},
	{0},
};

struct migration {
	const char *database;
	const struct migration_plan *plan;
};

static fallible print(struct context *context, const void *state)
{
	const struct migration *migration = state;
	const struct migration_plan *plan = migration->plan;
	AUTO(memory) char *releases = migrate_releases(plan->to);
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	output_string(output, migration->database);
	output_string(output, plan->from ? plan->from->id : NULL);
	output_string(output, plan->to->id);
	output_string(output, releases);
	output_integer(output, plan->pending);
	output_string(output, plan->pending ? command_outcome(context, "migrated", "would migrate") : "nothing to do");
	TRY(output_row(output));
	return output_close(output);
}

static fallible check(struct installation *installation, const void *state, char **fault)
{
	const struct migration *migration = state;
	return migration_check(installation, migration->plan, fault);
}

static fallible migrate(struct context *context, struct installation *installation, const struct migration_plan *plan)
{
	struct migration migration = {db_display(installation->db), plan};
	if (!plan->pending)
		return print(context, &migration);
	if (!context->globals.dry_run)
		TRY(migration_run(installation, plan));
	json_t *details = json_pack("{s:s?,s:s,s:i}", "from", plan->from ? plan->from->id : NULL, "to", plan->to->id,
				    "applied", plan->pending);
	return command_finish(context, installation,
			      &(struct change){.details = details,
					       .check = check,
					       .print = print,
					       .state = &migration,
					       .look = "owctl migrate status"});
}

/* A dry run does not make the file that it would begin with; *done when there is none, and the plan is printed. */
static fallible plan_new_file(struct context *context, const struct revision *to, bool *done)
{
	AUTO(db_target) struct db_target target = {0};
	TRY(database_target(context->settings, &target));
	TRY(db_would_create(&target, done));
	if (!*done)
		return NULL;
	TRY(audit_prepare(context)); /* nothing is opened that would */
	log_note("would make %s", target.display);
	return print(context, &(struct migration){target.display,
						   &(struct migration_plan){.to = to, .pending = to->ordinal}});
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	const struct revision *to;
	struct migration_plan plan;
	bool dry_run = context->globals.dry_run;
	const struct installation_options how = {
		.access = DB_WRITE, .create = true, .for_change = true, .any_revision = true};
	AUTO(installation) struct installation installation = {0};
	TRY(migration_target(arguments->to, &to));
	if (dry_run) {
		bool done;
		TRY(plan_new_file(context, to, &done));
		if (done)
			return NULL;
	}
	TRY(command_open_as(context, how, &installation));
	if (!dry_run)
		TRY(migration_lock(&installation));
	TRY(migration_plan(&installation, to, &plan));
	return migrate(context, &installation, &plan);
}

const struct command migrate_up_command = {
	.name = "up",
	.summary = "create the schema of an empty database",
	.description =
		"Creates the tables, indexes and constraints of Open WebUI in an empty SQLite file or PostgreSQL "
		"database, the same that the release's own migrations make, in one transaction: all of it or nothing. "
		"The release then starts on it without migrating anything.\n\n"
		"A database that is at the revision already is left alone. One at an earlier revision is refused so "
		"far: let Open WebUI itself migrate it. One that holds tables of another program is refused, too: Open "
		"WebUI's migrations would take those that have its names for its own.",
	.options = options,
	.examples = (const struct example[]){{"owctl migrate up --database ./webui.db", "a new SQLite database"},
					     {"owctl migrate up --database postgresql://owui@db/owui",
					      "in an empty PostgreSQL database"},
					     {"owctl migrate up --to 0.10.2", "for an older release"},
					     {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
