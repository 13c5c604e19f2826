#include "telemetry/metrics.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/backup/drilling.h"
#include "openwebui/trial.h"

static const struct argument arguments_table[] = {
	SNAPSHOT_ARGUMENT(struct drill_arguments, ", which it is where it is not given"), {0}};

static const struct option options[] = {
	CHOICE_OPTIONS(struct drill_arguments),
	REPOSITORY_OPTION(struct drill_arguments),
	IDENTITY_OPTION(struct drill_arguments),
	{.name = "release",
	 OPTION_TEXT(struct drill_arguments, python),
	 .value_name = "PYTHON",
	 .help = "also start the server of the Open WebUI that is installed for this Python on what was restored",
	 .complete = complete_file},
	{.name = "wait",
	 OPTION_DURATION(struct drill_arguments, wait),
	 .value_name = "TIME",
	 .fallback = "5m",
	 .smallest = 1,
	 .help = "how long that server may take until it answers"},
	{.name = "scratch",
	 OPTION_TEXT(struct drill_arguments, scratch),
	 .value_name = "FOLDER",
	 .help = "where to restore to, instead of TMPDIR or /tmp",
	 .complete = complete_folder},
	{.name = "no-record",
	 OPTION_FLAG(struct drill_arguments, no_record),
	 .help = "leave nothing in the repository about what came of it"},
	METRICS_OPTION(struct drill_arguments),
	{0},
};

static const struct column columns[] = {
	{"snapshot", COLUMN_TEXT, .help = "which one was restored"},
	{"database", COLUMN_TEXT, .help = "the engine that it was restored to"},
	{"revision", COLUMN_TEXT, .nullable = true, .help = "the revision that the database is at"},
	{"rows", COLUMN_INTEGER, .help = "how many rows were loaded and read back, or of vectors read"},
	{"files", COLUMN_INTEGER, .help = "how many files were written, and read back"},
	{"findings", COLUMN_INTEGER,
	 .help = "how many things in the database are not as its revision has them; they are named"},
	{"left_out", COLUMN_TEXTS, .help = "tables that are not Open WebUI's, and can't be on another engine"},
	{"release", COLUMN_TEXT, .nullable = true, .help = "what the server that was started calls itself"},
	{"seconds", COLUMN_INTEGER, .help = "how long it took"},
	{"failed", COLUMN_TEXT, .nullable = true,
	 .help = "the step that failed: `manifest`, `files`, `rows`, `database` or `server`"},
	{"fault", COLUMN_TEXT, .nullable = true, .help = "what was wrong there"},
	{"recorded", COLUMN_BOOLEAN, .help = "whether the repository knows of it"},
	{"outcome", COLUMN_TEXT, .help = "`good` or `failed`; `would drill` in a dry run"},
	{0},
};

static const char *outcome(const struct drilling *drilling)
{
	return drilling->context->globals.dry_run ? "would drill" : drill_outcome(&drilling->drill);
}

static fallible print(const struct drilling *drilling, const struct error *wrong, bool recorded)
{
	const struct drill *drill = &drilling->drill;
	const struct strings *left_out = &drilling->restoring.left_out;
	AUTO(output) struct output *output = NULL;
	AUTO(memory) char *fault = wrong ? error_text(wrong) : NULL;
	if (context_is_silent(drilling->context) && !wrong)
		return NULL;
	TRY(context_output(drilling->context, &output));
	output_string(output, drill->snapshot);
	output_string(output, drill->engine);
	output_string(output, drilling->restoring.manifest.revision);
	output_integer(output, (int64_t)drill->rows);
	output_integer(output, (int64_t)drill->files);
	output_integer(output, (int64_t)drilling->findings);
	output_texts(output, (const char *const *)left_out->items, left_out->count);
	output_string(output, drill->release);
	output_integer(output, drill->seconds);
	output_string(output, drill_step_names[drill->failed]);
	output_string(output, fault);
	output_boolean(output, recorded);
	output_string(output, outcome(drilling));
	TRY(output_row(output));
	return output_close(output);
}

/* ---- what came of it ---- */

static void count(struct drilling *drilling)
{
	drilling->drill.rows = drilling->restoring.rows;
	drilling->drill.files = drilling->restoring.files;
	drilling->drill.seconds = (clock_monotonic_ms() - drilling->started) / 1000;
}

/* Whether an error says something about the snapshot, and not about what kept the drill from being done. */
static bool is_verdict(const struct error *error)
{
	return error->code == ERR_NO || error->code == ERR_INPUT || error->code == ERR_FAILED;
}

static fallible write_result(const struct drilling *drilling)
{
	const struct repository *repository = &drilling->restoring.repository;
	unsigned char key[DIGEST_SIZE];
	drill_key(repository, &drilling->restoring.manifest.recipients, key);
	TRY(error_wrap(drill_write(repository, &drilling->drill, key), "recording the drill"));
	log_warning_error(error_wrap(drill_remove_old(repository, &drilling->drill),
				     "removing what earlier drills left"));
	drilling->context->change = CHANGE_MADE;
	AUTO(json) json_t *details = json_pack("{s:s,s:s,s:s}", "snapshot", drilling->drill.snapshot, "drill",
					       drilling->drill.id, "outcome", outcome(drilling));
	audit_record(drilling->context, store_display(repository->store), details);
	return NULL;
}

#define DAMAGED                                                                                           \
	"`owctl backup verify --read-data` names what is damaged; keep older snapshots until one is good"
#define SERVER_FAILED                                                                                     \
	"rows and files came back whole; what the server printed last is above, -v shows all of it. --release is " \
	"the Python that Open WebUI is installed for"

static fallible conclude(struct drilling *drilling, struct error *wrong)
{
	struct error *unwritten = NULL;
	count(drilling);
	if (!drilling->arguments->no_record)
		unwritten = error_hint(write_result(drilling), "--no-record leaves it out");
	bool recorded = !unwritten && !drilling->arguments->no_record;
	unwritten = error_first(unwritten, print(drilling, wrong, recorded));
	if (!wrong)
		return unwritten;
	wrong = error_wrap(wrong, "the drill of snapshot %s failed", drilling->drill.snapshot);
	wrong->code = ERR_NO;
	wrong = error_hint(wrong, drilling->drill.failed == DRILL_SERVER ? SERVER_FAILED : DAMAGED);
	return error_first(wrong, unwritten);
}

/* ---- */

static fallible restore(struct drilling *drilling)
{
	TRY(drill_place_make(drilling));
	TRY(drill_restore(drilling));
	return drilling->arguments->python ? drill_server(drilling) : NULL;
}

static fallible carry_out(struct drilling *drilling)
{
	struct error *wrong = restore(drilling);
	drill_place_clear(drilling);
	return !wrong || (drilling->drill.failed && is_verdict(wrong)) ? conclude(drilling, wrong) : wrong;
}

static void begin(struct drilling *drilling)
{
	struct drill *drill = &drilling->drill;
	drilling->started = clock_monotonic_ms();
	drill->time = clock_now();
	record_new_id(drill->time, drill->id);
	drill->label = text_copy(drilling->restoring.record.label);
	drill->owctl = text_copy(OWCTL_VERSION);
	drill->engine = text_copy(drilling->context->globals.database ? "postgresql" : "sqlite");
	for (size_t i = 0; i < SNAPSHOT_ID_SIZE; i++)
		drill->snapshot[i] = drilling->restoring.record.snapshot[i];
}

/* Who may not open it learns nothing about it; but of a key that opens it, what is not as it was written is a fault. */
static fallible read_manifest(struct drilling *drilling)
{
	struct restoring *restoring = &drilling->restoring;
	struct error *error = manifest_read(&restoring->repository, &restoring->record, &restoring->identities,
					    &restoring->manifest);
	if (!error || error->code != ERR_INPUT)
		return error;
	drilling->drill.failed = DRILL_MANIFEST;
	error = error_first(error_wrap(error, "the drill of snapshot %s failed", drilling->drill.snapshot),
			    print(drilling, error, false));
	error->code = ERR_NO;
	return error;
}

static fallible look(struct drilling *drilling)
{
	struct restoring *restoring = &drilling->restoring;
	const struct drill_arguments *arguments = drilling->arguments;
	if (arguments->python)
		TRY(trial_check(arguments->python));
	TRY(audit_prepare(drilling->context));
	TRY(command_identities(drilling->context, arguments->identity, false, &restoring->identities));
	TRY(command_repository(drilling->context, arguments->repository, &restoring->repository));
	TRY(backup_find(&restoring->repository, &arguments->choice, NULL, &restoring->record));
	begin(drilling);
	TRY(read_manifest(drilling));
	TRY(drill_place_check(drilling));
	return drilling->context->globals.dry_run ? print(drilling, NULL, false) : carry_out(drilling);
}

static void measure(struct metrics *metrics, const struct drilling *drilling)
{
	if (!drilling->drill.label)
		return;
	metrics_add(metrics, "snapshot_timestamp_seconds", "When the snapshot saw its database.",
		    (double)drilling->restoring.record.time);
	metrics_add(metrics, "rows", "Rows that were restored and read back.", (double)drilling->drill.rows);
	metrics_add(metrics, "files", "Files that were restored and read back.", (double)drilling->drill.files);
}

static fallible run(struct context *context, const void *values)
{
	const struct drill_arguments *arguments = values;
	AUTO(metrics) struct metrics metrics;
	AUTO(drilling)
	struct drilling drilling = {.context = context, .arguments = arguments};
	drilling.restoring.arguments = &drilling.restore;
	metrics_begin(&metrics, "backup_drill");
	if (context->globals.dry_run)
		return look(&drilling);
	if (arguments->metrics)
		TRY(metrics_check(arguments->metrics));
	metrics_label(&metrics, "label", arguments->choice.label); /* which is known also where nothing else is */
	struct error *error = look(&drilling);
	measure(&metrics, &drilling);
	return command_tell_metrics(context, &metrics, arguments->metrics, error);
}

const struct command backup_drill_command = {
	.name = "drill",
	.summary = "restore a snapshot into a scratch place, and see that it serves",
	.description =
		"A backup that was never restored is not one. This restores a snapshot as a whole, looks at what came "
		"of it, throws it away, and leaves word in the repository, which `owctl backup list` and `status` "
		"show. Rows are read back and compared by number and sum, files are read again and their hashes "
		"compared, and the database is held against what its revision makes, as by `owctl migrate verify`: "
		"tables on which Open WebUI fails are a fault; what else differs, and what is wrong with rows of the "
		"installation itself, is named. The rows of a database of vectors (PGVECTOR_DB_URL) are read and "
		"compared as well, and not loaded: `owctl backup restore` into empty databases does that. The exit "
		"status is 2 where the drill fails.\n\n"
		"It is restored to SQLite, whatever it was made of, in a folder of its own below --scratch, for this "
		"user alone; it holds everything unencrypted meanwhile. The folder is removed at the end, also after "
		"Ctrl-C, and what a kill left of one by the next drill with the same --scratch. With --database "
		"postgresql://.. the rows go to that database instead, which has to be empty, and is emptied at the "
		"end; the installation's own settings are not looked at for any of this.\n\n"
		"With --release the server of an Open WebUI that is installed for a Python is started on it, on a free "
		"port of the loopback interface: it migrates the copy, has to answer /health within --wait, tells its "
		"release, and has to see that there are accounts. WEBUI_SECRET_KEY is that of the settings. It gets no "
		"other settings, loads no models, and its Python connects to nothing but its database, so that "
		"automations and webhooks of the installation do nothing a second time; functions that were installed "
		"are code, and are run.\n\n"
		"The secret key is needed, and the right to write to the repository unless --no-record is given: "
		"better not on the machine that makes the backups. --metrics writes owctl_backup_drill_success and so "
		"on, labelled with what --label says; `owctl backup create --metrics` writes "
		"owctl_backup_last_drill_success and .._timestamp_seconds.",
	.arguments = arguments_table,
	.options = options,
	.examples = (const struct example[]){{"owctl backup drill -i key.txt",
					      "restores the newest snapshot, and throws it away"},
					     {"owctl backup drill -i key.txt --release /opt/open-webui/venv/bin/python",
					      "and start its server"},
					     {"owctl backup drill -q --label production --scratch /var/tmp",
					      "for cron"},
					     {0}},
	.exits = (const int[]){ERR_NO, REPOSITORY_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.changes = true,
	.size = sizeof(struct drill_arguments),
	.run = run,
};
