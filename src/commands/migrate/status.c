#include "base/log.h"
#include "base/memory.h"
#include "commands/migrate/migrate.h"
#include "migrate/elsewhere.h"
#include "migrate/faults.h"
#include "migrate/journal.h"
#include "openwebui/release.h"

struct arguments {
	bool check;
};

static const struct option options[] = {
	{.name = "check",
	 OPTION_FLAG(struct arguments, check),
	 .help = "exit 2 unless the database is at the newest revision that this owctl knows, and nothing of it is "
		 "broken"},
	{0},
};

static const struct column columns[] = {
	{"database", COLUMN_TEXT, .help = "where the database is"},
	{"engine", COLUMN_TEXT, .help = "engine and its version"},
	{"state",
	 COLUMN_TEXT,
	 .help = "`empty` (nothing is there), `foreign` (tables, but no recorded revision: of another program, or of "
		 "an Open WebUI before 0.3.35), `current`, `behind`, `unknown` (a revision of a newer release), or "
		 "`conflict` (several)"},
	{"revision", COLUMN_TEXT, .nullable = true, .help = "recorded revision; several are separated by commas"},
	{"title", COLUMN_TEXT, .nullable = true, .help = "what that revision brought"},
	{"releases", COLUMN_TEXT, .nullable = true, .help = "releases of Open WebUI that have it as their newest"},
	{"pending", COLUMN_INTEGER, .nullable = true,
	 .help = "revisions up to the newest; `owctl migrate plan` lists them"},
	{"head", COLUMN_TEXT, .help = "newest revision that this owctl knows"},
	{"head_releases", COLUMN_TEXT, .nullable = true, .help = "releases that have the newest revision"},
	{"family", COLUMN_TEXT, .nullable = true,
	 .help = "which releases made the oldest tables, which look a little different: `alembic` (0.10 or later, or "
		 "owctl), `alembic-0.9.6` (0.9.6: with a column chat.old_chat), `peewee` (before 0.9.6), "
		 "`peewee-0.9.6` (before, and 0.9.6 or later brought it through revision 38d63c18f30f)"},
	{"cut_off", COLUMN_TEXT, .nullable = true,
	 .help = "revision in which owctl was cut off: `owctl migrate up` goes on"},
	{"broken", COLUMN_TEXT, .nullable = true,
	 .help = "what is wrong with tables and columns, by name, separated by commas: `owctl migrate repair` mends "
		 "it, `owctl migrate verify` tells more"},
	{0},
};

static const char *state_of(const struct installation *installation, bool foreign)
{
	switch (installation->standing) {
	case STANDING_EMPTY:
		return foreign ? "foreign" : "empty";
	case STANDING_BROKEN:
		return "conflict";
	case STANDING_UNKNOWN:
		return "unknown";
	case STANDING_KNOWN:
		break;
	}
	return installation->revision == revision_head() ? "current" : "behind";
}

/* ---- what is wrong with it ---- */

/* Broken states of a migration, by name; what they are stands on stderr. */
static fallible find_faults(struct faults *faults, struct strings *broken)
{
	TRY(faults_find(faults->installation, FAULTS_OF_CATALOGUE, faults));
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];
		if (!strings_have(broken, fault->kind->name))
			strings_add(broken, fault->kind->name);
		log_note("%s: %s; %s%s", fault->kind->name, fault->what,
			 fault->by_hand ? "" : "`owctl migrate repair`: ", fault->mending);
	}
	return NULL;
}

/* ---- */

struct status {
	struct strings foreign; /* tables without a recorded revision */
	struct strings broken;
	const char *family;
	const struct revision *cut_off;
};

static void status_cleanup(struct status *status)
{
	strings_cleanup(&status->foreign);
	strings_cleanup(&status->broken);
}

/* From the catalogue and from two small tables: whatever the rows are, it takes no longer. */
static fallible look(struct installation *installation, struct status *status)
{
	AUTO(faults) struct faults faults = {.installation = installation};
	const struct catalogue *live;
	if (installation->standing == STANDING_EMPTY) {
		TRY(migration_tables_in_the_way(installation, &status->foreign));
		TRY(elsewhere_tell(installation));
	}
	TRY(journal_cut_off(installation, &status->cut_off));
	if (status->cut_off)
		log_note("a migration was cut off in revision %s; `owctl migrate up` goes on", status->cut_off->id);
	TRY(find_faults(&faults, &status->broken));
	TRY(faults_live(&faults, &live));
	status->family = family_names[catalogue_family(live)];
	return NULL;
}

static void print_pending(struct output *output, const struct installation *installation, const struct status *status)
{
	if (installation->revision)
		output_integer(output, revision_head()->ordinal - installation->revision->ordinal);
	else if (installation->standing == STANDING_EMPTY && !status->foreign.count)
		output_integer(output, revision_head()->ordinal);
	else
		output_null(output);
}

static fallible print(struct context *context, struct installation *installation, const struct status *status)
{
	const struct revision *revision = installation->revision;
	AUTO(memory) char *engine = text_format("%s %s", db_engine_name(installation->db),
						db_server_version(installation->db));
	AUTO(memory) char *recorded = strings_join(&installation->recorded, ",");
	AUTO(memory) char *broken = strings_join(&status->broken, ",");
	AUTO(memory) char *releases = migrate_releases(revision);
	AUTO(memory) char *head_releases = migrate_releases(revision_head());
	AUTO(output) struct output *output = NULL;
	TRY(context_output(context, &output));
	output_string(output, db_display(installation->db));
	output_string(output, engine);
	output_string(output, state_of(installation, status->foreign.count > 0));
	output_string(output, *recorded ? recorded : NULL);
	output_string(output, revision ? revision->title : NULL);
	output_string(output, releases);
	print_pending(output, installation, status);
	output_string(output, revision_head()->id);
	output_string(output, head_releases);
	output_string(output, status->family);
	output_string(output, status->cut_off ? status->cut_off->id : NULL);
	output_string(output, *broken ? broken : NULL);
	TRY(output_row(output));
	return output_close(output);
}

/* What is broken counts as well: a revision that is recorded and was never done is pending, whatever is recorded. */
static fallible check(const struct installation *installation, const struct status *status)
{
	bool at_head = installation->revision == revision_head();
	if (at_head && !status->broken.count)
		return NULL;
	struct error *error = error_new(ERR_NO, "the database is %s revision %s",
					at_head ? "broken, though it records" : "not at", revision_head()->id);
	if (status->broken.count)
		return error_hint(error, "`owctl migrate repair --dry-run` tells what can be done about it");
	return installation->revision ? error_hint(error, "`owctl migrate plan` shows what is pending") : error;
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	const struct installation_options how = {.access = DB_READ, .any_revision = true};
	AUTO(installation) struct installation installation = {0};
	AUTO(status) struct status status = {0};
	TRY(command_open_as(context, how, &installation));
	TRY(look(&installation, &status));
	struct error *refused = arguments->check ? check(&installation, &status) : NULL;
	if (arguments->check && !refused && context_is_silent(context))
		return NULL;
	return error_first(refused, print(context, &installation, &status));
}

const struct command migrate_status_command = {
	.name = "status",
	.summary = "tell which revision and release a database is at",
	.description = "Tells the revision that the database records, which releases of Open WebUI have it, and how "
		       "far it is from the newest that this owctl knows; whether a migration was cut off, and whether "
		       "the tables and columns of the recorded revision are there. It looks at the catalogue only, so "
		       "it is quick on any database. Reads only.",
	.options = options,
	.examples = (const struct example[]){{"owctl migrate status", "where the database stands"},
					     {"owctl migrate status --check -q",
					      "in CI: exit 2, and say so, if a migration is pending or broken"},
					     {0}},
	.exits = (const int[]){ERR_NO, ERR_INPUT, DATABASE_EXITS, 0},
	.columns = columns,
	.shape = SHAPE_OBJECT,
	.size = sizeof(struct arguments),
	.run = run,
};
