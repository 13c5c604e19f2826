/* Recording a revision without migrating: only what is so already, or what somebody says he knows better. */
#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/migrate.h"
#include "migrate/recorded.h"

struct arguments {
	const char *target, *reason;
	bool force, online;
	int64_t wait;
};

static const struct argument arguments_table[] = {
	{.name = "REVISION",
	 OPTION_TEXT(struct arguments, target),
	 .help = "the revision to record, or a release",
	 .required = true,
	 .complete = complete_revision},
	{0},
};

static const struct option options[] = {
	{.name = "force",
	 OPTION_FLAG(struct arguments, force),
	 .help = "record it although tables, columns, keys or indexes are not those of the revision; needs --reason"},
	{.name = "reason",
	 OPTION_TEXT(struct arguments, reason),
	 .value_name = "TEXT",
	 .help = "why, for the audit record"},
	MIGRATE_OPTION_ONLINE(struct arguments),
	MIGRATE_OPTION_WAIT(struct arguments),
	{0},
};

static const struct column columns[] = {
	{"database", COLUMN_TEXT, .help = "where the database is"},
	{"from", COLUMN_TEXT, .nullable = true, .help = "what was recorded; several are separated by commas"},
	{"to", COLUMN_TEXT, .help = "the revision"},
	{"releases", COLUMN_TEXT, .nullable = true, .help = "releases of Open WebUI that have it as their newest"},
	{"faults", COLUMN_INTEGER, .help = "how many findings speak against it"},
	{"outcome", COLUMN_TEXT,
	 .help = "`recorded`, `nothing to do`, `would record`, or `unknown` where the connection was lost while "
		 "committing"},
	{0},
};

struct stamp {
	const char *database, *reason;
	const struct revision *to;
	char *from; /* what was recorded, or "" */
	size_t faults;
	bool done; /* it is recorded already */
};

static fallible print(struct context *context, const void *state)
{
	const struct stamp *stamp = state;
	AUTO(memory) char *releases = migrate_releases(stamp->to);
	AUTO(output) struct output *output = NULL;
	if (context_is_silent(context))
		return NULL;
	TRY(context_output(context, &output));
	output_string(output, stamp->database);
	output_string(output, *stamp->from ? stamp->from : NULL);
	output_string(output, stamp->to->id);
	output_string(output, releases);
	output_integer(output, (int64_t)stamp->faults);
	output_string(output, stamp->done ? "nothing to do" : command_outcome(context, "recorded", "would record"));
	TRY(output_row(output));
	return output_close(output);
}

static json_t *details(const struct stamp *stamp)
{
	return json_pack("{s:o,s:s,s:I,s:b,s:o}", "from", audit_text(*stamp->from ? stamp->from : NULL), "to",
			 stamp->to->id, "faults", (json_int_t)stamp->faults, "forced", stamp->faults > 0, "reason",
			 audit_text(stamp->reason));
}

static fallible check(struct installation *installation, const void *state, char **fault)
{
	const struct stamp *stamp = state;
	TRY(installation_read_revision(installation));
	if (installation->revision != stamp->to)
		*fault = text_format("the database does not record %s", stamp->to->id);
	return NULL;
}

/* ---- looking ---- */

static fallible refuse(const struct stamp *stamp)
{
	return error_hint(error_new(ERR_FAILED, "%s is not at revision %s: %zu finding%s; nothing was changed",
				    stamp->database, stamp->to->id, stamp->faults, stamp->faults == 1 ? "" : "s"),
			  "`owctl migrate status` tells where it is; --force --reason TEXT records it all the same");
}

static void list(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].kind != FINDING_FOREIGN)
			migrate_warn_of(&findings->items[i]);
}

/* Reads what is recorded, and what speaks against recording another revision. */
static fallible look(struct installation *installation, const struct arguments *arguments, bool tell,
		     struct stamp *stamp)
{
	AUTO(findings) struct findings findings = {0};
	free(stamp->from);
	stamp->database = db_display(installation->db);
	stamp->from = strings_join(&installation->recorded, ",");
	stamp->done = installation->revision == stamp->to;
	if (stamp->done)
		return NULL;
	TRY(migrate_compare(installation, stamp->to, &findings));
	stamp->faults = findings_faults(&findings);
	if (tell)
		list(&findings);
	return stamp->faults && !arguments->force ? refuse(stamp) : NULL;
}

static fallible ask(struct context *context, struct installation *installation, const struct stamp *stamp)
{
	AUTO(memory) char *where = installation_describe(installation);
	return context_confirm(context, "Record revision %s in %s%s?", stamp->to->id, where,
			       stamp->faults ? ", which is not what it is" : "");
}

/* ---- recording ---- */

/* From the look to a write transaction that holds the database, in which it is looked at again. */
static fallible prepare(struct installation *installation, const struct arguments *arguments, struct stamp *stamp)
{
	TRY(migrate_take(installation, arguments->wait, arguments->online));
	TRY(db_begin(installation->db, DB_WRITE));
	TRY(installation_read_revision(installation));
	return look(installation, arguments, false, stamp);
}

static fallible record(struct context *context, struct installation *installation, const struct arguments *arguments,
		       struct stamp *stamp)
{
	if (!context->globals.dry_run) {
		TRY(ask(context, installation, stamp));
		TRY(prepare(installation, arguments, stamp));
	}
	if (stamp->done) /* somebody was quicker */
		return print(context, stamp);
	if (!context->globals.dry_run)
		TRY(recorded_set(installation->db, stamp->to));
	return command_finish(context, installation,
			      &(struct change){.details = details(stamp),
					       .check = check,
					       .print = print,
					       .state = stamp,
					       .look = "owctl migrate status"});
}

static fallible check_arguments(const struct arguments *arguments)
{
	if (!arguments->force || arguments->reason)
		return NULL;
	return error_hint(error_new(ERR_USAGE, "--force needs --reason"),
			  "as in --reason 'indexes are made later'; it stands in the audit record");
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	const struct installation_options how = {
		.access = DB_WRITE, .for_change = true, .look_first = true, .any_revision = true};
	struct stamp stamp = {.reason = arguments->reason};
	AUTO(installation) struct installation installation = {0};
	TRY(check_arguments(arguments));
	TRY(migration_target(arguments->target, &stamp.to));
	TRY(command_open_as(context, how, &installation));
	struct error *error = look(&installation, arguments, true, &stamp);
	if (!error)
		error = stamp.done ? print(context, &stamp) : record(context, &installation, arguments, &stamp);
	free(stamp.from);
	return error;
}

const struct command migrate_stamp_command = {
	.name = "stamp",
	.summary = "record a revision without migrating",
	.description =
		"Writes a revision into the table alembic_version, and nothing else: after a restore or a repair by "
		"hand, or where two revisions are recorded. It is compared with the database first, as `owctl migrate "
		"verify --catalogue-only` would; what is not there yet can't be recorded. Rows are not looked at. Then "
		"--force does it all the same: servers of that release will take for done what is not.\n\n"
		"Asks on a terminal; needs --yes elsewhere. A database to which others are connected is left alone "
		"without --online.",
	.arguments = arguments_table,
	.options = options,
	.examples = (const struct example[]){{"owctl migrate stamp 0.12.4 --dry-run",
					      "whether the database is at that release"},
					     {"owctl migrate stamp 0bd252b206fb --yes", "in a script"},
					     {0}},
	.exits = (const int[]){ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct arguments),
	.run = run,
};
