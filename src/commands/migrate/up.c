#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/up.h"
#include "migrate/elsewhere.h"
#include "migrate/rights.h"
#include "openwebui/database.h"

static const char *const engines[] = {"owctl", "upstream", NULL};

static const struct option options[] = {
	{.name = "to",
	 OPTION_TEXT(struct up_arguments, to),
	 .value_name = "REVISION",
	 .help = "stop at this revision, or at the one of this release, instead of the newest",
	 .complete = complete_revision},
	{.name = "no-backup",
	 OPTION_FLAG(struct up_arguments, no_backup),
	 .help = "make no copy of a database with rows before the first change"},
	MIGRATE_OPTION_ONLINE(struct up_arguments),
	MIGRATE_OPTION_WAIT(struct up_arguments),
	{.name = "engine",
	 OPTION_CHOICE(struct up_arguments, engine, engines),
	 .value_name = "ENGINE",
	 .fallback = "owctl",
	 .help = "whose migrations: `owctl`'s own, or with `upstream` those of the Open WebUI that --python has"},
	{.name = "python",
	 OPTION_TEXT(struct up_arguments, python),
	 .value_name = "PATH",
	 .help = "with --engine upstream: the Python that an Open WebUI is installed for",
	 .complete = complete_file},
	MIGRATE_OPTION_LOCK_WAIT(struct up_arguments),
	{0},
};

static const struct column columns[] = {
	{"database", COLUMN_TEXT, .help = "where the database is"},
	{"from", COLUMN_TEXT, .nullable = true, .help = "revision before; null for an empty database"},
	{"to", COLUMN_TEXT, .help = "revision after"},
	{"releases", COLUMN_TEXT, .nullable = true, .help = "releases of Open WebUI that have it as their newest"},
	{"applied", COLUMN_INTEGER, .help = "number of revisions applied"},
	{"backup", COLUMN_TEXT, .nullable = true,
	 .help = "file that has the SQLite database as it was before, or `snapshot ID in LOCATION`; of a run that goes "
		 "on, as it was when that was begun; named half-way where that one is gone"},
	{"outcome", COLUMN_TEXT,
	 .help = "`migrated`, `nothing to do`, `would migrate`, or `unknown` where the connection was lost"
		 " while committing"},
	{0},
};

fallible up_print_row(struct context *context, const struct up_row *row)
{
	AUTO(output) struct output *output = NULL;
	if (context_is_silent(context))
		return NULL;
	TRY(context_output(context, &output));
	output_string(output, row->database);
	output_string(output, row->from);
	output_string(output, row->to);
	output_string(output, row->releases);
	output_integer(output, row->applied);
	output_string(output, row->backup);
	output_string(output, row->outcome);
	TRY(output_row(output));
	return output_close(output);
}

fallible up_print(struct context *context, const void *state)
{
	const struct up_outcome *outcome = state;
	const struct migration_plan *plan = outcome->plan;
	AUTO(memory) char *releases = migrate_releases(plan->to);
	return up_print_row(context, &(struct up_row){
					     .database = outcome->database,
					     .from = plan->from ? plan->from->id : NULL,
					     .to = plan->to->id,
					     .releases = releases,
					     .applied = outcome->applied,
					     .backup = outcome->backup,
					     .outcome = plan->pending
								? command_outcome(context, "migrated", "would migrate")
								: "nothing to do",
				     });
}

json_t *up_details(const struct up_outcome *outcome)
{
	const struct migration_plan *plan = outcome->plan;
	const struct revision *begun = outcome->begun ? revision_at(migration_first(plan) + outcome->applied) : NULL;
	return json_pack("{s:s?,s:s,s:i,s:s?,s:o}", "from", plan->from ? plan->from->id : NULL, "to", plan->to->id,
			 "applied", outcome->applied, "begun", begun ? begun->id : NULL, "backup",
			 audit_text(outcome->backup));
}

static fallible check(struct installation *installation, const void *state, char **fault)
{
	const struct up_outcome *outcome = state;
	return migration_check(installation, outcome->plan, fault);
}

static fallible create(struct context *context, struct installation *installation, const struct migration_plan *plan)
{
	struct up_outcome outcome = {.database = db_display(installation->db), .plan = plan, .applied = plan->pending};
	TRY(elsewhere_warn(installation));
	struct error *lacking = rights_check(installation, migration_first(plan), plan->to->ordinal);
	if (context->globals.dry_run) {
		migrate_tell_refusal(lacking);
	} else {
		TRY(lacking);
		TRY(migration_create(installation, plan));
	}
	return command_finish(context, installation,
			      &(struct change){.details = up_details(&outcome),
					       .check = check,
					       .print = up_print,
					       .state = &outcome,
					       .look = "owctl migrate status"});
}

fallible up_plan_new_file(struct context *context, const struct up_row *row, bool *done)
{
	AUTO(db_target) struct db_target target = {0};
	struct up_row would = *row;
	TRY(database_target(context->settings, &target));
	TRY(db_would_create(&target, done));
	if (!*done)
		return NULL;
	TRY(audit_prepare(context)); /* nothing is opened that would */
	log_note("would make %s", target.display);
	would.database = target.display;
	would.outcome = "would migrate";
	return up_print_row(context, &would);
}

static fallible plan_new_file(struct context *context, const struct revision *to, bool *done)
{
	AUTO(memory) char *releases = migrate_releases(to);
	const struct up_row row = {.to = to->id, .releases = releases, .applied = to->ordinal};
	return up_plan_new_file(context, &row, done);
}

/* From the look to a write transaction, with the lock under which schemas are made; what is there may be new since. */
static fallible lock_empty(struct installation *installation, const struct revision *to, struct migration_plan *plan)
{
	db_rollback(installation->db);
	TRY(db_begin(installation->db, DB_WRITE));
	TRY(migration_lock(installation));
	return migration_plan(installation, to, plan);
}

const struct installation_options up_opening = {.access = DB_WRITE,
						.create = true,
						.for_change = true,
						.look_first = true,
						.large_work = true,
						.any_revision = true};

static fallible run(struct context *context, const void *values)
{
	const struct up_arguments *arguments = values;
	const struct revision *to;
	struct migration_plan plan;
	bool dry_run = context->globals.dry_run;
	AUTO(installation) struct installation installation = {0};
	if (text_equal(arguments->engine, "upstream"))
		return migrate_by_upstream(context, arguments);
	if (arguments->python)
		return error_hint(error_new(ERR_USAGE, "--python needs --engine upstream"),
				  "owctl's own migrations run without Python");
	TRY(migration_target(arguments->to, &to));
	if (dry_run) {
		bool done;
		TRY(plan_new_file(context, to, &done));
		if (done)
			return NULL;
	}
	TRY(command_open_as(context, up_opening, &installation));
	TRY(migration_plan(&installation, to, &plan));
	if (!plan.from && !dry_run)
		TRY(lock_empty(&installation, to, &plan));
	return plan.from ? migrate_rows(context, &installation, arguments, &plan)
			 : create(context, &installation, &plan);
}

const struct command migrate_up_command = {
	.name = "up",
	.summary = "bring a database to a revision, or create its schema",
	.description =
		"In an empty SQLite file or PostgreSQL database it creates the tables, indexes and constraints of "
		"Open WebUI, the same that the release's own migrations make, in one transaction: all of it or "
		"nothing. The release then starts on it without migrating anything.\n\n"
		"A database with rows is brought up revision by revision, from any on, to what the release's own "
		"migrations would make of it, but for what they would lose. Rows that a revision could not carry "
		"over are looked for first: then nothing is changed, and each is named. The revision is recorded "
		"with its last change. Work on many rows is committed page by page; after a kill or a lost "
		"connection the same command goes on where it was cut off; chats that a server has written in "
		"between are brought over as well. The table owctl_migration keeps what was done, and owctl_kept the "
		"values that the new columns can't take.\n\n"
		"One owctl migrates a database at a time; another one is told who it is, or waits with --wait. A "
		"database to which others are connected is left alone without --online: stop the servers first. "
		"Before the first change an SQLite database is copied to a file beside it, and the copy checked; of "
		"one on PostgreSQL a snapshot is made in the repository that OWCTL_REPOSITORY names, for "
		"OWCTL_RECIPIENTS: without these make a backup and say --no-backup. A run that goes on makes no new "
		"copy while the one is there that the migration was begun with, and names that as the way back; what "
		"was written since is not in it. Where it was removed, or none was made, a new one is named "
		"`.half-way`: it has the database half-way through the migration. A new copy is not kept where an "
		"earlier one has the same, byte for byte: a run was cut off before its first change. What a kill "
		"leaves of an unfinished copy the next copy removes. "
		"PostgreSQL is connected to directly, not through a pooler in transaction mode.\n\n"
		"With --online a server may run meanwhile. Pages are short transactions; chats that it writes before "
		"the last revision is recorded are brought over as well; on PostgreSQL large indexes are made "
		"CONCURRENTLY, and nobody waits longer than 2 seconds behind a lock that owctl asks for. Not promised: "
		"that a server of an old release works on new tables. From 374d2f66af06, f1e2d3c4b5a6 and others on it "
		"lacks columns that it uses, and what it writes after the last revision has no rows in chat_message: "
		"stop it, then run `owctl migrate repair --only messages`. A table that has to be written anew, and on "
		"SQLite any index, keeps writers waiting until that is done.\n\n"
		"A database that holds tables of another program is refused: Open WebUI's migrations would take "
		"those that have its names for its own. What its owner has added to Open WebUI's tables, or put beside "
		"them, is named and left untouched. DATABASE_SCHEMA says which schema of PostgreSQL is meant; without "
		"it that is the first of the search_path, and where it has no Open WebUI but another schema has, "
		"nothing is made. On PostgreSQL the role has to own the tables that are altered, and to have CREATE on "
		"the schema: else it is refused before the first change.\n\n"
		"With --engine upstream the migrations are those of the Open WebUI that is installed for "
		"--python: for revisions that this owctl does not know, and for tables from before 0.3.35, which "
		"have to pass through a release up to 0.9.5, best 0.8.12. They run as a child between the same "
		"lock, copy and looks, get the database by their environment, and nothing else of the release is "
		"started. What they print goes to standard error. Afterwards the revision is looked at, and the "
		"catalogue as by `owctl migrate verify --catalogue-only`: exit 2 if it is not what it should be. "
		"Of a revision that this owctl does not know it tells what tables and columns are missing, and "
		"which tables have fewer rows. A signal goes on to them, and they are waited for.",
	.options = options,
	.examples = (const struct example[]){{"owctl migrate up --database ./webui.db", "a new SQLite database"},
					     {"owctl migrate up --dry-run", "what it would do, and whether it could"},
					     {"owctl migrate up --no-backup --wait 10m",
					      "in a job of several that start at once, after a backup"},
					     {"owctl migrate up --to 0.10.2", "for an older release"},
					     {"owctl migrate up --engine upstream --python /opt/open-webui/bin/python",
					      "to a release that is newer than this owctl"},
					     {0}},
	.exits = (const int[]){ERR_NO, ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct up_arguments),
	.run = run,
};
